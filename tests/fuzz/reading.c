/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The worker's answer, written by whoever took it over: believed whole or refused whole. */
#include "tests/fuzz/fuzz.h"

#include "daemon/reading.h"

static void
use(const struct form *f, const json_t *form)
{
	for (size_t i = 0; i < f->field_count; i++)
		free(reading_value(form, &f->fields[i]));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct form *f = fuzz_form();
	char *text = mem_dup0((const char *)data, size);
	struct reading_form form;
	struct reading r;
	struct err e = {0};
	json_t *json = NULL;

	if (reading_open(&r, f, text, &e)) {
		CHECK((unsigned)r.disposition < DISPOSITIONS, "disposition %d", (int)r.disposition);
		CHECK(r.message_id && r.subject && r.from_addr && r.from_name && r.reply_to && r.date &&
		              r.in_reply_to && r.content_sha256 && r.parser,
		      "a string is missing");
		for (size_t i = 0; i < r.form_count; i++)
			use(f, r.forms[i].json);
		reading_cut_short(&r);
		reading_close(&r);
	} else {
		CHECK(e.code == ERR_PROTOCOL && e.text[0], "%s", e.text);
	}
	if (reading_open_form(&json, &form, f, text, &e)) {
		use(f, form.json);
		json_decref(json);
	}
	free(text);
	return 0;
}
