/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Inside of the RTF reader: its state, and how text comes out of it. rtf.c reads groups and tokens,
 * rtf_words.c says what each control word does, rtf_text.c puts characters, paragraphs and cells into the
 * document. */
#ifndef MINGPIAN_PARSERS_RTF_TEXT_H
#define MINGPIAN_PARSERS_RTF_TEXT_H

#include "config/buf.h"
#include "parsers/document.h"
#include "parsers/rowtable.h"

#include <stdbool.h>
#include <stdint.h>

enum { RTF_FONTS_MAX = 4096, RTF_HEADERS_MAX = 64 };

/* What a group inherits and its end takes back. */
struct rtf_state {
	bool skip;   /* a destination that is no text */
	bool hidden; /* \v, \deleted */
	bool struck; /* \strike, \striked1: taken back by who wrote it */
	bool fonts;  /* in the font table */
	bool pict;   /* in \pict: digits are a picture's bytes, */
	bool blip;   /* its kind is told; what is no PNG or JPEG is `unsupported` */
	bool code;   /* in \fldinst: what is put into the paragraph is taken out again */
	bool entry;  /* in \ffl: the same, of a list's entry */
	bool twin;   /* in \upr: skipped, but for \ud, which says it in Unicode */
	bool object; /* in \objdata: the same, of an object's bytes */
	bool shadow; /* \htmlrtf: for readers who do not know that this is HTML */
	bool nested; /* in \nesttableprops: definitions are of the innermost table */
	bool boxed;  /* in \shptxt: its paragraphs and tables stand … */
	int box;     /* … in so many tables, those around its anchor */
	int uc;      /* bytes that stand for a \u for old readers */
	int font;
};

/* A page's header or footer, read behind the text. */
struct rtf_header {
	size_t from, to;    /* places in the file */
	struct rtf_state s; /* around it */
};

struct rtf {
	struct bytes in;
	size_t at;
	bool html;               /* HTML in RTF is taken out: no tables, no paragraphs */
	struct document *d;      /* for pictures */
	struct buf picture;      /* or an object */
	size_t objects;          /* that were taken */
	int high_digit;          /* of the byte that is open in a picture, or -1 */
	struct rowtable *tables; /* NULL then */
	struct rtf_state *states;
	size_t state_count, state_cap, too_deep;
	struct rtf_state s;
	struct rtf_header headers[RTF_HEADERS_MAX]; /* the first ones */
	int header_count;
	bool header_open;    /* the last of them, */
	size_t header_depth; /* whose group stands in so many */
	bool header;         /* they are being read */
	bool star;           /* \* came: skip the group if its word is not known */

	unsigned char charset_of[RTF_FONTS_MAX];
	int code_page;    /* \ansicpg */
	int default_font; /* \deff */
	int skip_bytes;   /* of a \u that was read */
	uint32_t high;    /* the first half of a surrogate pair, or 0 */

	struct buf bytes; /* text in a code page, not decoded so far */
	int bytes_font;
	struct buf text;   /* the open paragraph */
	size_t code_at;    /* where in it a field's code begins */
	size_t entry_at;   /* and in that an entry of a list to choose from */
	int entry;         /* its number, from 0 */
	int chosen;        /* the number of the one that is shown */
	struct buf choice; /* that one */
	bool intbl;        /* both within the box that is open */
	int itap;
};

/* ---- text; nothing comes of what is not shown ---- */

/* One byte of text, said as itself or by \'hh; in a picture one digit of its bytes. */
void rtf_put_byte(struct rtf *r, unsigned char c);

/* A character; one half or a whole of \u, a signed 16-bit number in the file. */
void rtf_put_character(struct rtf *r, uint32_t c);
void rtf_put_unicode(struct rtf *r, int n);

/* Decode the bytes that wait into the open paragraph. */
void rtf_flush(struct rtf *r);

/* Tables around the open paragraph. */
int rtf_depth(const struct rtf *r);

/* What stands before the end of a cell is its last paragraph. */
void rtf_end_paragraph(struct rtf *r, int at_depth);
void rtf_end_cell(struct rtf *r, int at_depth);

/* A group of \pict, of \objdata is closed. */
void rtf_end_picture(struct rtf *r);
void rtf_end_object(struct rtf *r);

/* A group of \header begins: left out here, and noted. */
void rtf_begin_header(struct rtf *r);

/* A text box hangs here, in the middle of a paragraph: a group of \shptxt begins, and is closed; `around` is
 * how it was before it. */
void rtf_begin_box(struct rtf *r);
void rtf_end_box(struct rtf *r, const struct rtf_state *around);

/* A group of \fldinst begins, and is closed. */
void rtf_begin_code(struct rtf *r);
void rtf_end_code(struct rtf *r);

/* A list to choose from begins in it (\formfield); this number is chosen, or where none was; a group of \ffl
 * begins, and is closed. */
void rtf_begin_list(struct rtf *r);
void rtf_choose(struct rtf *r, int n, bool by_default);
void rtf_begin_entry(struct rtf *r);
void rtf_end_entry(struct rtf *r);

int rtf_hex_digit(unsigned char c); /* -1: it is none */

/* ---- words ---- */

/* What the control word says; n only where has_n. */
void rtf_word(struct rtf *r, const char *name, bool has_n, int n);

#endif
