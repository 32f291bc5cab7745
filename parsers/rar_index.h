/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The files that a RAR archive names in its headers, without unpacking any. libarchive 3.6 does not say of
 * RAR 5 what is locked (it takes what is enciphered for packed bytes that are broken), says of no RAR that a
 * file goes on in another volume (it takes that for damage), and ends at the first file that it cannot
 * unpack. RAR 5.0 archive format, rarlab.com/technote.htm; of RAR 1.5 to 4, the technical note that came with
 * it. */
#ifndef MINGPIAN_PARSERS_RAR_INDEX_H
#define MINGPIAN_PARSERS_RAR_INDEX_H

#include "config/buf.h"
#include "config/mem.h"

enum { RAR_FILES_MAX = 20000 };

struct rar_file {
	struct bytes name; /* borrowed: UTF-8 in RAR 5; in RAR 4 bytes of some code page, or that and more:
	                      rar_name() */
	bool folder, locked;
	bool piece;  /* begins or ends in another volume */
	bool passed; /* libarchive passes over it, and tells nothing */
};

struct rar_index {
	int version; /* 4 or 5; 0: it is no RAR */
	bool solid;  /* files are packed with those before them */
	bool cut;    /* it ends in a header, or without the one that RAR 5 ends by */
	struct rar_file *files;
	size_t count;
};

/* Up to the first header that makes no sense, or is itself locked. Into a; b must outlive it. */
void rar_index(struct rar_index *out, struct arena *a, struct bytes b);

/* The path of a file, as member.h gives one; "" where it has none. In a. */
const char *rar_name(struct arena *a, const struct rar_index *x, const struct rar_file *f);

#endif
