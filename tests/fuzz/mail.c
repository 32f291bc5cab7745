/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A mail, all the way to the parser's answer: which is valid, and which the daemon would take. Without OCR
 * and the cage. */
#include "tests/fuzz/fuzz.h"

#include "parsers/auth.h"
#include "parsers/charset.h"
#include "parsers/machine.h"
#include "parsers/mail.h"
#include "parsers/result.h"
#include "parsers/walk.h"

#include <jansson.h>

static void
parse(const struct form *f, struct bytes mail, struct buf *out)
{
	struct arena *a = arena_new();
	struct result r = {.form = f};
	struct mail *m = NULL;
	struct err e = {0};

	if (mail_open(&m, a, mail, &e)) {
		r.mail = m;
		r.machine = machine_judge(f, m);
		r.auth = auth_read(f, m);
		walk_mail(&r.found, f, m, NULL);
		result_settle(&r, 1654826700); /* 2022-06-10 10:05 +08:00 */
		result_json(&r, true, out);
	}
	arena_free(a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	const struct form *f = fuzz_form();
	struct buf out = BUF_INIT(64 << 20);
	json_t *json;
	json_error_t why;

	if (!ready) {
		charset_preload();
		mail_init();
		ready = true;
	}
	parse(f, BYTES(data, size), &out);
	if (out.len) {
		json = json_loadb(out.at, out.len, JSON_REJECT_DUPLICATES, &why);
		CHECK(json_is_object(json) && !out.over, "no JSON: %s\n%s", why.text, out.at);
		json_decref(json);
	}
	buf_free(&out);
	return 0;
}
