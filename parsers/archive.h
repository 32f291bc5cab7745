/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Archives, by libarchive: ZIP, 7z, RAR 4 and 5, tar, and what gzip, bzip2 and xz have packed. By libunarr
 * RAR 4 that is packed as one run.
 *
 * A member is handed on only if it came out whole, with its checksum right. Locked ones are reported by
 * name, as are those that are too large or packed in a way that nobody knows; where names are locked,
 * the archive is. So is, `unsupported`, what a RAR ends within and another volume goes on with. What else is
 * missing makes the archive `damaged`. No size that an archive states is believed: what comes out is counted.
 */
#ifndef MINGPIAN_PARSERS_ARCHIVE_H
#define MINGPIAN_PARSERS_ARCHIVE_H

#include "parsers/reader.h"

enum {
	ARCHIVE_MEMBER_MAX = 48 << 20, /* bytes of a member; a file in a mail is smaller */
	ARCHIVE_ENTRIES_MAX = 20000,   /* looked at, folders counted */
	ARCHIVE_WASTE_MAX = 256 << 20, /* bytes unpacked and thrown away, of members too large */
	ARCHIVE_TOO_LARGE_MAX = 20,    /* such members named; then the archive is */
};

/* A ZIP that is no document: packages of Office, OFD, EPUB, Java are none of its. */
extern const struct reader zip_reader;
extern const struct reader sevenzip_reader;
extern const struct reader rar_reader;
extern const struct reader tar_reader;

/* gzip, bzip2, xz: a tar inside is opened at once; another file bears the archive's name without its
 * last extension. */
extern const struct reader packed_reader;

#endif
