/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What every reader makes of a file: paragraphs and tables in reading order, and nothing of the
 * file's format. The recogniser reads it and knows no format.
 *
 * A document is built by pushing, as a SAX parser meets things: begin a table, a row, a cell; text;
 * end of paragraph. The builder keeps the stack, places cells on the table's grid, follows vertical
 * merges, and survives a reader that ends too little or too much (damaged files): an end without a
 * begin is ignored, what is open at doc_end() is closed. Everything lives in the document's arena. */
#ifndef MINGPIAN_PARSERS_DOCUMENT_H
#define MINGPIAN_PARSERS_DOCUMENT_H

#include "config/buf.h"
#include "config/err.h"
#include "config/mem.h"

#include <stdbool.h>
#include <stddef.h>

/* Ceilings; beyond one the builder drops what comes and sets `too_large`. */
enum {
	DOC_TEXT_MAX = 4 << 20,  /* bytes of UTF-8 in all: a form has one or two thousand */
	DOC_BLOCKS_MAX = 400000, /* blocks and cells in all */
	DOC_DEPTH_MAX = 32,      /* tables in tables */
	DOC_COLUMNS_MAX = 16384, /* columns of a row, spans counted */
	DOC_FILES_MAX = 200,     /* files put into it … */
	DOC_FILE_MAX = 32 << 20, /* … and bytes of one */
};

enum doc_method { DOC_TEXT, DOC_OCR };

enum { DOC_WEAK_MAX = 20 }; /* bytes */

/* How sure a text is. Text from a file's own characters: confidence 1, not doubtful. */
struct doc_evidence {
	enum doc_method method;
	double confidence;       /* 0 to 1 */
	bool doubtful;           /* by the picture's own evidence */
	bool hesitant;           /* read, and not at first sight: doubtful beside what is */
	char weak[DOC_WEAK_MAX]; /* doubtful for these characters alone; "": for more, or not at all */
	double without;          /* where weak: the confidence if they are right */
};

/* Of two texts joined: by OCR if either is, the lower confidence, doubtful if either is. */
struct doc_evidence doc_weaker(struct doc_evidence a, struct doc_evidence b);

/* Add the characters of more to weak, which becomes "" where they are too many. */
void doc_add_weak(char weak[DOC_WEAK_MAX], const char *more);

enum doc_kind {
	DOC_PARAGRAPH, /* text, without its line's end; \n in it is a line broken by hand */
	DOC_TABLE,
	DOC_PAGE,    /* a page or a sheet begins; text holds a sheet's name or "" */
	DOC_PICTURE, /* a picture that stands in the document: see data */
};

struct doc_block {
	struct doc_block *next;
	enum doc_kind kind;
	int page; /* 1-based page or sheet, 0 where the format knows none */
	const char *text;
	struct doc_evidence evidence;
	struct doc_table *table; /* DOC_TABLE */
	struct bytes data;       /* DOC_PICTURE: the file as embedded, in the arena */
	bool quoted;             /* in quoted text of a mail (below an answer) */
	bool indented;           /* in a blockquote, without a word that it is cited */
	bool hidden_header;      /* in a page header or footer */
};

struct doc_cell {
	struct doc_cell *next;        /* in its row, from left to right */
	int row, column;              /* place on the grid, 0-based */
	int rows, columns;            /* spans, at least 1; a merged area is one cell, at its first row */
	bool header;                  /* an HTML th, a repeated heading row */
	int sheet_row, sheet_column;  /* in a spreadsheet: its place as a person counts, from 1; else 0 */
	struct doc_evidence evidence; /* of the place, also where nothing stands in it */
	struct doc_block *first;
};

struct doc_row {
	struct doc_row *next;
	struct doc_cell *first;
};

struct doc_table {
	int number; /* 1-based in its document, nested ones counted where they begin */
	int rows, columns;
	struct doc_row *first;
	const char *name; /* a sheet's name, or NULL */

	/* for doc_cell_at(): no search through many thousand rows */
	struct doc_row **row_at;
	int tallest; /* the most rows that a cell of it spans */
};

/* A file put into the document, to be opened by a double click; or a part of what it shows. */
struct doc_file {
	struct doc_file *next;
	const char *name; /* "" for what is shown in its place: no file of its own */
	struct bytes data;
	struct err unread; /* ERR_NONE: it came out */
};

/* Does a page of it show something that could not be read (pictures)? The more surely, the greater. */
enum doc_illegible {
	DOC_LEGIBLE,
	DOC_ILLEGIBLE_PAGE,  /* a sheet of paper with text, or something else, on it */
	DOC_ILLEGIBLE_TABLE, /* a table */
};

struct document {
	struct arena *arena;
	struct doc_block *first;
	struct doc_file *files;
	int tables;
	bool too_large; /* a ceiling was met, or the reader's own */
	const char *too_large_why;
	enum doc_illegible illegible;
	struct document
	        *unseen; /* what hides, beside what is seen of the same sheets; or NULL: doc_unseen() */
	struct doc_builder *builder; /* while it is built */
};

enum doc_merge { DOC_MERGE_NONE, DOC_MERGE_FIRST, DOC_MERGE_MORE };

/* An empty document in arena a, open for pushing. */
struct document *doc_new(struct arena *a);

void doc_begin_table(struct document *d, const char *name);
void doc_end_table(struct document *d);
void doc_begin_row(struct document *d);
void doc_end_row(struct document *d);

/* A cell over `columns` columns (1 or more). Rows by span: rows >= 1 with DOC_MERGE_NONE (HTML, ODF);
 * or by merge marks (Word): FIRST begins an area, MORE belongs to the cell above at the same column. */
void doc_begin_cell(struct document *d, int columns, int rows, enum doc_merge vertical);
void doc_end_cell(struct document *d);

/* A cell of so many columns that belongs to the one before it in its row (Word's hMerge): that one reaches
 * over it, and what stands in it is not seen. Where none is before it, it is a cell as others. */
void doc_begin_covered_cell(struct document *d, int columns);

/* Leave grid columns free before the next cell (Word's gridBefore, a sheet's gaps). */
void doc_skip_columns(struct document *d, int columns);

/* Marks the cell that is open as a heading. */
void doc_cell_is_header(struct document *d);

/* Where the open cell stands in its sheet, from 1: the table leaves out what is empty. */
void doc_cell_in_sheet(struct document *d, int row, int column);

/* Text of the paragraph that is open or begins here: UTF-8; broken bytes become U+FFFD. */
void doc_text(struct document *d, const char *s, size_t len);
void doc_text_evidence(struct document *d, const char *s, size_t len, struct doc_evidence ev);

/* How sure the cell that is open is, also where nothing stands in it. */
void doc_cell_evidence(struct document *d, struct doc_evidence ev);

/* End of the paragraph; an empty one is kept only as a break between two texts. */
void doc_end_paragraph(struct document *d);

void doc_begin_page(struct document *d, int page, const char *name);
void doc_picture(struct document *d, struct bytes data); /* copied */

/* A file in it, copied; name may be "". Beyond DOC_FILES_MAX it is too large. */
void doc_file(struct document *d, const char *name, struct bytes data);

/* A file in it that does not come out, and why. */
void doc_file_unread(struct document *d, const char *name, const struct err *why);

/* What comes until set back is quoted text, indented, a page header. */
void doc_set_quoted(struct document *d, bool quoted);
void doc_set_indented(struct document *d, bool indented);
void doc_set_header(struct document *d, bool header);

/* The document of what the file holds and does not show: hidden rows, columns and sheets, each with its whole
 * sheet, so that it can be read. Made by the first call, ended with d. */
struct document *doc_unseen(struct document *d);

/* Close what is open, resolve merges and grids. Nothing can be pushed afterwards. */
void doc_end(struct document *d);

/* All text of the cell (nested tables included), paragraphs joined by one \n, trimmed; and the weakest
 * evidence in it. In the document's arena; never NULL. */
const char *doc_cell_text(const struct document *d, const struct doc_cell *c, struct doc_evidence *ev_r);

/* The cell that covers (row, column), or NULL. */
const struct doc_cell *doc_cell_at(const struct doc_table *t, int row, int column);

/* The whole document as plain text, a line a paragraph, cells parted by tabs: for words that mark a
 * registration, and for tests. Appends to out. */
void doc_plain(const struct document *d, struct buf *out);

/* The same with structure, for tests and --dump: one line a row, "[text|2x1]" a cell over 2 columns and
 * 1 row (left out where 1x1), "(+2)" for two columns that are free or covered from above, "\n" between
 * paragraphs, "{… / …}" for a table in a cell; "> " before what is quoted, "^ " before a page header. */
void doc_dump(const struct document *d, struct buf *out);

#endif
