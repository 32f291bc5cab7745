/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a table of probabilities becomes the text that stands in it, and says truly how sure it is. */
#include "parsers/ocr_ctc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Classes: 0 the blank, these, the space. */
enum { COMMA = 1, WIDE_COMMA, PEI, DENG, STOP, SPACE, CLASSES, STEPS_MAX = 8 };

static const char *const list[] = {",", "，", "邳", "邓", "丶", NULL};

/* One class of a step and its probability; the second likeliest has what is named, the blank the rest. */
struct step {
	int class;
	float p;
	int second;
	float q;
};

static const struct {
	const char *name, *want;
	struct step steps[STEPS_MAX];
	int count;
	double least, lost;
} rows[] = {
        {"repeats are one character", "邳", {{PEI, 0.9F, 0, 0}, {PEI, 0.8F, 0, 0}}, 2, 0.9, 0},
        {"a blank parts two", "邳邳", {{PEI, 0.9F, 0, 0}, {0, 1, 0, 0}, {PEI, 0.8F, 0, 0}}, 3, 0.8, 0},
        {"as sure as at its surest step", "邳", {{PEI, 0.5F, DENG, 0.2F}, {PEI, 0.97F, 0, 0}}, 2, 0.97, 0},
        {"as sure as its least sure character",
         "邳邓",
         {{PEI, 0.9F, 0, 0}, {DENG, 0.6F, PEI, 0.3F}},
         2,
         0.6,
         0},
        {"which width is no doubt", "，", {{WIDE_COMMA, 0.55F, COMMA, 0.4F}}, 1, 0.95, 0},
        {"a space is none either",
         "邳 邳",
         {{PEI, 0.9F, 0, 0}, {SPACE, 0.6F, 0, 0}, {PEI, 0.9F, 0, 0}},
         3,
         0.9,
         0},
        {"what was passed over", "邳", {{PEI, 0.9F, 0, 0}, {0, 0.6F, DENG, 0.4F}, {0, 1, 0, 0}}, 3, 0.9, 0.4},
        {"a neighbour's foot was not",
         "邳，",
         {{PEI, 0.9F, 0, 0}, {0, 0.6F, PEI, 0.4F}, {0, 0.6F, COMMA, 0.4F}, {WIDE_COMMA, 1, 0, 0}},
         4,
         0.9,
         0},
        {"a lone stroke is a mark", "、", {{STOP, 0.9F, 0, 0}}, 1, 0.9, 0},
        {"nothing is not sure", "", {{0, 1, 0, 0}}, 1, 0, 0},
        {"no steps", "", {{0}}, 0, 0, 0},
};

static void
test_decode(void **state)
{
	static struct ctc_classes classes;

	(void)state;
	ctc_classes_of(&classes, list);
	assert_int_equal(classes.count, CLASSES);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		float at[STEPS_MAX][CLASSES] = {{0}};
		struct buf text = BUF_INIT(CTC_TEXT_MAX);
		struct ctc_reading r;

		for (int t = 0; t < rows[i].count; t++) {
			const struct step *s = &rows[i].steps[t];

			at[t][0] = 1 - s->p - s->q;
			if (s->second)
				at[t][s->second] = s->q;
			at[t][s->class] = s->p;
		}
		r = ctc_decode(&classes, &at[0][0], rows[i].count, CLASSES, &text);
		if (strcmp(text.len ? text.at : "", rows[i].want) != 0)
			fail_msg("%s: %s, wanted %s", rows[i].name, text.len ? text.at : "nothing",
			         rows[i].want);
		if (r.least - rows[i].least > 1e-4 || rows[i].least - r.least > 1e-4)
			fail_msg("%s: least %.3f, wanted %.3f", rows[i].name, r.least, rows[i].least);
		if (r.lost - rows[i].lost > 1e-4 || rows[i].lost - r.lost > 1e-4)
			fail_msg("%s: lost %.3f, wanted %.3f", rows[i].name, r.lost, rows[i].lost);
		buf_free(&text);
	}
	ctc_free(&classes);
}

/* Where the last character stands; a space is none. */
static void
test_end(void **state)
{
	static struct ctc_classes classes;
	static const float at[4][CLASSES] = {{[PEI] = 1}, {[DENG] = 1}, {[SPACE] = 1}, {[0] = 1}};
	struct buf text = BUF_INIT(CTC_TEXT_MAX);
	struct ctc_reading r;

	(void)state;
	ctc_classes_of(&classes, list);
	r = ctc_decode(&classes, &at[0][0], 4, CLASSES, &text);
	assert_true(r.end > 0.374 && r.end < 0.376);
	buf_free(&text);
	ctc_free(&classes);
}

/* A network whose answer has another width than the dictionary is not believed. */
static void
test_other_dictionary(void **state)
{
	static struct ctc_classes classes;
	static const float at[CLASSES + 1] = {[CLASSES] = 1};
	struct buf text = BUF_INIT(CTC_TEXT_MAX);

	(void)state;
	ctc_classes_of(&classes, list);
	(void)ctc_decode(&classes, at, 1, CLASSES + 1, &text);
	assert_int_equal(text.len, 0);
	buf_free(&text);
	ctc_free(&classes);
}

static void
test_no_dictionary(void **state)
{
	static struct ctc_classes classes;
	struct err e = {0};

	(void)state;
	assert_false(ctc_load(&classes, "/nowhere/keys.txt", &e));
	assert_int_equal(e.code, ERR_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_decode),
	        cmocka_unit_test(test_end),
	        cmocka_unit_test(test_other_dictionary),
	        cmocka_unit_test(test_no_dictionary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
