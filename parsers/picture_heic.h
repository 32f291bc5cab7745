/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HEIC, as phones take photos: libheif for the container, libde265 for what is in it. AVIF is none of it. */
#ifndef MINGPIAN_PARSERS_PICTURE_HEIC_H
#define MINGPIAN_PARSERS_PICTURE_HEIC_H

#include "config/buf.h"
#include "config/err.h"

#include <leptonica/allheaders.h>
#include <stdbool.h>

/* Is it one? */
bool picture_heic_is(struct bytes data);

/* The main picture's size, turned as the file says. False: ERR_DAMAGED. */
bool picture_heic_look(struct bytes data, int *width_r, int *height_r, struct err *e);

/* The main picture, turned as the file says, 32 bits a pixel; the caller's. NULL: e says why. */
PIX *picture_heic_read(struct bytes data, struct err *e);

#endif
