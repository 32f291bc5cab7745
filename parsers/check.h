/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what stands in a form to values as they are recorded, and to defects. Each rule of domain.md
 * is a function here that can be tested alone. */
#ifndef MINGPIAN_PARSERS_CHECK_H
#define MINGPIAN_PARSERS_CHECK_H

#include "config/form.h"
#include "parsers/recognise.h"
#include "parsers/region.h"

#include <stdbool.h>
#include <stddef.h>

enum defect_code {
	DEFECT_MISSING,
	DEFECT_PLACEHOLDER,
	DEFECT_TOO_MANY,
	DEFECT_TOO_LONG,
	DEFECT_BAD_PHONE,
	DEFECT_NOT_ELIGIBLE,
	DEFECT_NO_POSITION,
	DEFECT_UNKNOWN_REGION,
	DEFECT_PHONE_PARTLY_BAD,
	DEFECT_CODES
};

struct defect {
	const struct form_field *field;
	enum defect_code code;
	const char *detail; /* the bad number; the count, in digits; why not eligible, in Chinese; "" where
	                       none */
	const char
	        *suggest; /* what may have been meant: the number with its place's area code; "": no idea */
};

struct checked_value {
	const char *text;         /* NULL: none */
	const char *const *names; /* FORM_NAMES: NULL-terminated; else NULL */
	struct found_value found; /* where it came from */
};

struct checked_form {
	struct checked_value values[FORM_FIELDS_MAX];
	struct region region;
	struct defect defects[2 * FORM_FIELDS_MAX]; /* in the order of the form */
	size_t defect_count;
	bool has_error;    /* one defect is an error */
	double confidence; /* the least of its values' */
};

const char *defect_name(enum defect_code c); /* "bad_phone" */
bool defect_is_error(enum defect_code c);

/* Check one form. sender helps the region (region.h). Results live in a. */
struct checked_form *check_form(struct arena *a, const struct form *f, const struct found_form *found,
                                const char *sender);

/* The value of the form's field of that kind; NULL where it has none. */
const char *check_text_of(const struct form *f, const struct checked_form *checked, enum form_kind kind);

/* 字 of s as Word counts them (domain.md). */
int check_word_count(const char *s);

/* Names of a list as people part them. NULL-terminated, in a. */
const char *const *check_split_names(struct arena *a, const char *s);

enum phone_verdict { PHONE_GOOD, PHONE_PARTLY_BAD, PHONE_BAD };

/* Judge all numbers in s (folded to ASCII); bad_r, if not NULL, gets those that cannot be dialled. */
enum phone_verdict check_phone(struct arena *a, const char *s, const char **bad_r);

/* The same; beijing: dialled by a Beijing applicant, whose bare eight digits are enough. */
enum phone_verdict check_phone_from(struct arena *a, const char *s, bool beijing, const char **bad_r);

/* Is one of the numbers in bad (as check_phone tells them) a real one but for a single digit that it lacks?
 */
bool check_phone_lacks_digit(const char *bad);

/* Does a contact name a position beside a person? */
bool check_has_position(const struct form *f, const char *contact);

/* Does a contact begin with a person in whose given name a character stands that hardly anybody bears, and
 * that looks like one that many do (哗 for 晔)? A name has no context: the network reads it for the more
 * usual word. */
bool check_has_strange_given(const char *contact);

#endif
