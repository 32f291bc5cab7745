/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Pictures in Word 97 and Excel 97 files ([MS-ODRAW]): JPEG and PNG files as they were embedded. What is
 * drawn, and metafiles, are left out. */
#ifndef MINGPIAN_PARSERS_WORD97_PICTURE_H
#define MINGPIAN_PARSERS_WORD97_PICTURE_H

#include "parsers/document.h"

#include <stdint.h>

enum { WORD97_PICTURES_MAX = 200 };

struct word97_pictures {
	struct bytes document, table, data; /* the streams; borrowed */
	uint32_t places[WORD97_PICTURES_MAX];
	int count;
};

/* A picture that stands in the text, by its offset in Data. */
void word97_picture_note(struct word97_pictures *p, uint32_t place);

/* Push those that were noted, in their order, then those that float beside the text. */
void word97_pictures_push(const struct word97_pictures *p, struct document *d);

/* Push the pictures of a store of drawings: workbooks have one, too. */
void word97_picture_store(struct bytes records, struct document *d);

#endif
