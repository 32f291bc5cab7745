/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Cloud attachments: links to what lies at a provider (QQ's 超大附件 and 中转站, NetEase's 云附件, network
 * disks). No file came; what came is a name. The hosts stand in the form file (words_cloud_hosts).
 *
 * None of these are pictures that are shown, a host without a page, and pages that mail programs link to from
 * the signature that they make (a card with the sender's name, "sent by …"): the same hosts have them. */
#ifndef MINGPIAN_PARSERS_LINKS_H
#define MINGPIAN_PARSERS_LINKS_H

#include "config/form.h"
#include "config/mem.h"

#include <stddef.h>

enum { LINKS_MAX = 50 }; /* of one message, whatever they are called; no more are looked at */

/* Those in the source of a body (HTML or plain, UTF-8), each once: its name as shown, or the link where
 * none is shown; in a. Returns how many were put into names. */
size_t links_find(struct arena *a, const struct form *f, const char *source, const char *names[LINKS_MAX]);

/* Of those names, the ones that the sender put there himself: which stand in his new text, or in no text at
 * all. The texts are folded: the new one and the whole. Returns how many are left. */
size_t links_written(const char *names[LINKS_MAX], size_t count, const char *new_text, const char *whole);

#endif
