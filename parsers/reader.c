/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/reader.h"

#include "parsers/archive.h"
#include "parsers/csv.h"
#include "parsers/docx.h"
#include "parsers/eml.h"
#include "parsers/excel97.h"
#include "parsers/html.h"
#include "parsers/ignored.h"
#include "parsers/mht.h"
#include "parsers/msg.h"
#include "parsers/odf.h"
#include "parsers/ofd.h"
#include "parsers/olekinds.h"
#include "parsers/oleobject.h"
#include "parsers/otherxml.h"
#include "parsers/pdf.h"
#include "parsers/pgp.h"
#include "parsers/picture.h"
#include "parsers/plain.h"
#include "parsers/rtf.h"
#include "parsers/sheetxml.h"
#include "parsers/slides.h"
#include "parsers/tnef.h"
#include "parsers/word97.h"
#include "parsers/wordxml.h"
#include "parsers/xlsx.h"

#include <string.h>

/* So that a sum of lengths and places that a file tells by 32 bits each never wraps. */
_Static_assert(sizeof(size_t) >= 8, "readers add up 32-bit lengths in size_t");

static bool
any(const struct source *s)
{
	(void)s;
	return true;
}

static const struct reader unknown = {.name = "unknown", .extension = "bin", .is = any};

/* The kinds, in the order in which they are asked; the first that says yes has the file. Those that
 * are told by a signature stand first, those that guess from text last. */
static const struct reader *const readers[] = {
        /* clang-format off */
        &docx_reader,
        &xlsx_reader,
        &odt_reader,
        &ods_reader,
        &ofd_reader,
        &slides_reader,
        &pdf_reader,
        &ooxml_locked_reader,
        &word97_reader,
        &excel97_reader,
        &msg_reader,
        &slides97_reader,
        &oleobject_reader,
        &ole_reader,
        &zip_reader,
        &sevenzip_reader,
        &rar_reader,
        &packed_reader,
        &tnef_reader,
        &rtf_reader,
        &tar_reader,
        &jpeg_reader,
        &png_reader,
        &tiff_reader,
        &bmp_reader,
        &webp_reader,
        &gif_reader,
        &heic_reader,
        &avif_reader,
        &ignored_reader,
        &pgp_reader,
        &wordxml_reader,
        &sheetxml_reader,
        &odf_flat_reader,
        &html_reader,
        &otherxml_reader,
        &mht_reader,
        &eml_reader,
        &csv_reader,
        &plain_reader,
        &unknown,
        /* clang-format on */
};

enum { READERS = sizeof readers / sizeof readers[0] };

const struct reader *
reader_for(const struct source *s)
{
	size_t i;

	for (i = 0; i < READERS; i++)
		if (readers[i]->is(s))
			return readers[i];
	return &unknown;
}

const struct reader *
reader_named(const char *name)
{
	size_t i;

	for (i = 0; i < READERS; i++)
		if (strcmp(readers[i]->name, name) == 0)
			return readers[i];
	return NULL;
}
