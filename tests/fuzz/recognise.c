/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Running text and a table made of it, through the recogniser: any document has forms or none. The input is
 * text; lines are paragraphs, lines with a tab rows of a table. */
#include "tests/fuzz/fuzz.h"

#include "parsers/check.h"
#include "parsers/csv.h"
#include "parsers/document.h"
#include "parsers/plain.h"
#include "parsers/reader.h"
#include "parsers/recognise.h"

static void
recognised(const struct form *f, const struct document *d, struct arena *a)
{
	(void)a;
	for (struct found_form *x = recognise(f, d); x; x = x->next)
		for (size_t i = 0; i < f->field_count; i++)
			CHECK(!x->values[i].text || fuzz_utf8(bytes_str(x->values[i].text)),
			      "a value is no UTF-8");
	(void)recognise_values(f, d);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const none[] = {NULL};
	static const char *const kinds[] = {"plain", "csv", "html"};
	const struct form *f = fuzz_form();

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		const struct reader *r = reader_named(kinds[i]);
		struct source s = {.data = BYTES(data, size),
		                   .name = "",
		                   .type = "",
		                   .charset = "utf-8",
		                   .passwords = none};
		struct arena *a = arena_new();
		struct document *d = doc_new(a);
		struct err e = {0};

		if (r->read(&s, d, &e)) {
			doc_end(d);
			recognised(f, d, a);
		}
		arena_free(a);
	}
	return 0;
}
