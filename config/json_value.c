/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/json_value.h"

#include "config/clock.h"
#include "config/mem.h"
#include "config/text.h"

enum { SENTENCE_MAX = 64 << 10 };

json_t *
json_made(json_t *o)
{
	if (!o)
		mem_die("making JSON");
	return o;
}

json_t *
json_text_or_null(const char *s)
{
	return json_made(s ? json_string(s) : json_null());
}

json_t *
json_sentence(const char *s)
{
	struct buf b = BUF_INIT(SENTENCE_MAX);
	json_t *o;

	text_plain(&b, s, 0);
	o = json_made(json_string(b.len ? b.at : ""));
	buf_free(&b);
	return o;
}

json_t *
json_time_or_null(time_t t)
{
	char when[CLOCK_RFC3339_MAX];

	return json_made(t ? json_string(clock_rfc3339(t, when)) : json_null());
}

const char *
json_text(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

int64_t
json_int(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

bool
json_flag(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}
