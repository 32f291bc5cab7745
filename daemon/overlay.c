/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/overlay.h"

#include "config/mem.h"

#include <stdlib.h>
#include <string.h>

bool
overlay(const struct worker *w, const struct form *f, const json_t *earlier, const json_t *values,
        const char *sender, json_t **json_r, struct reading_form *form_r, struct err *e)
{
	struct worker mender = *w;
	json_t *asked = json_pack("{s:O, s:O, s:s}", "form", (json_t *)earlier, "values", (json_t *)values,
	                          "sender", sender);
	char *text = asked ? json_dumps(asked, JSON_COMPACT) : NULL, *answer = NULL;
	bool ok;

	if (!text)
		mem_die("asking the parser");
	*json_r = NULL;
	mender.overlay = true;
	ok = worker_run(&mender, bytes_str(text), 0, -1, &answer, e) &&
	     reading_open_form(json_r, form_r, f, answer, e);
	free(answer);
	free(text);
	json_decref(asked);
	return ok;
}
