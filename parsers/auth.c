/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/auth.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* The value in lower case, without comments and quotes. */
static char *
bare(struct arena *a, const char *s)
{
	char *out = arena_str(a, s), *to = out;
	int depth = 0;

	for (; *s; s++) {
		if (*s == '(')
			depth++;
		else if (*s == ')' && depth)
			depth--;
		else if (!depth && *s != '"')
			*to++ = (char)tolower((unsigned char)*s);
	}
	*to = '\0';
	return out;
}

/* "method=result" in one of the parts behind the first ";". */
static const char *
result_of(struct arena *a, const char *value, const char *method)
{
	size_t n = strlen(method);

	for (const char *p = strchr(value, ';'); p; p = strchr(p, ';')) {
		p++;
		p += strspn(p, " \t");
		if (strncmp(p, method, n) != 0)
			continue;
		p += n;
		p += strspn(p, " \t");
		if (*p++ != '=')
			continue;
		p += strspn(p, " \t");
		return arena_dup0(a, p, strspn(p, "abcdefghijklmnopqrstuvwxyz0123456789-_"));
	}
	return NULL;
}

struct auth
auth_read(const struct form *f, const struct mail *m)
{
	const char *const *v = mail_header(m, "Authentication-Results");
	struct auth r = {0};

	if (!*f->trusted_authserv_id)
		return r;
	for (; *v; v++) {
		const char *s = bare(m->arena, *v);
		size_t n;

		s += strspn(s, " \t");
		n = strcspn(s, "; \t");
		if (n != strlen(f->trusted_authserv_id) || strncasecmp(s, f->trusted_authserv_id, n) != 0)
			continue;
		r.spf = result_of(m->arena, s, "spf");
		r.dkim = result_of(m->arena, s, "dkim");
		r.dmarc = result_of(m->arena, s, "dmarc");
		break;
	}
	return r;
}
