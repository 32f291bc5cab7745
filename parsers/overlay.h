/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Values that a mail's text gave without a form, laid over the form that they mend: the whole is checked
 * by the same rules as any form. Who knows the thread (the daemon) asks; the rules stay here. */
#ifndef MINGPIAN_PARSERS_OVERLAY_H
#define MINGPIAN_PARSERS_OVERLAY_H

#include "config/buf.h"
#include "config/err.h"
#include "config/form.h"

/* asked: {"form": {… a form as printed before …}, "values": {key: text, …}, "sender": address}. Appends
 * the form that comes of it, as in `forms` (docs/parse.md), as one line of JSON. False: ERR_NOT_MAIL,
 * asked is none of that. */
bool overlay_form(const struct form *f, struct bytes asked, struct buf *out, struct err *e);

#endif
