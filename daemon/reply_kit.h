/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What replies are made of, as read from config/templates/: for reply.c. */
#ifndef MINGPIAN_DAEMON_REPLY_KIT_H
#define MINGPIAN_DAEMON_REPLY_KIT_H

#include "config/mem.h"
#include "daemon/reply.h"
#include "daemon/template.h"

enum { KIT_TEXTS_MAX = 256 };

/* A text of texts.cfg: {group: {name: …}}. */
struct kit_text {
	const char *group, *name;
	struct template *template;
};

struct reply_kit {
	const struct form *form;
	struct arena *arena;
	struct template *text[REPLY_KINDS], *html[REPLY_KINDS];
	struct kit_text texts[KIT_TEXTS_MAX];
	size_t text_count;
	form_list unit_endings;
};

/* The text group.name, or NULL. */
const struct template *kit_text(const struct reply_kit *k, const char *group, const char *name);

/* The opinion on a defect: code_key, else code_variant (variant may be NULL), else code; NULL for a
 * code that the program does not know. */
const struct template *kit_opinion(const struct reply_kit *k, const char *code, const char *key,
                                   const char *variant);

#endif
