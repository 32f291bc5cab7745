/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be said of a mail without opening anything in it: for one over which the parser died or hung, and
 * whose owner must hear of it all the same. Header, text parts for their words, names of files; no reader, no
 * recogniser, so no form. */
#ifndef MINGPIAN_PARSERS_OUTLINE_H
#define MINGPIAN_PARSERS_OUTLINE_H

#include "parsers/walk.h"

/* Fill out from m (mail_open_outline()). Each file that may be a document is unread for the reason why, one
 * of the last group in err.h; where there is none, the mail itself is. */
void outline_mail(struct findings *out, const struct form *f, const struct mail *m, enum err_code why);

#endif
