/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/ctl.h"

#include "config/text.h"
#include "daemon/act.h"

#include <stdio.h>
#include <string.h>
#include <sysexits.h>

static const struct ctl_option *
find(const struct ctl_option *o, const char *name, size_t len)
{
	for (; o->name; o++)
		if (strlen(o->name) == len && strncmp(o->name, name, len) == 0)
			return o;
	return NULL;
}

int
ctl_options(int argc, char **argv, const struct ctl_option *options)
{
	int kept = 0;
	bool all_words = false;

	for (int i = 1; i < argc; i++) {
		const char *a = argv[i], *eq = strchr(a, '=');
		const struct ctl_option *o;

		if (!all_words && a[0] == '-' && a[1] && a[1] != '-' && !a[2] &&
		    (o = find(options, a + 1, 1)) && o->flag) {
			*o->flag = true;
			continue;
		}
		if (all_words || strncmp(a, "--", 2) != 0) {
			argv[++kept] = argv[i];
			continue;
		}
		if (!a[2]) {
			all_words = true;
			continue;
		}
		o = find(options, a + 2, eq ? (size_t)(eq - a - 2) : strlen(a + 2));
		if (!o || (o->flag && eq)) {
			ctl_usage(argv[0], a);
			return -1;
		}
		if (o->flag) {
			*o->flag = true;
		} else if (eq) {
			*o->value = eq + 1;
		} else if (i + 1 < argc) {
			*o->value = argv[++i];
		} else {
			ctl_usage(argv[0], a);
			return -1;
		}
	}
	return kept;
}

bool
ctl_why(const char *command, const char *why)
{
	char what[80];

	if (!why || (strlen(why) <= ACT_WHY_MAX && text_is_utf8(bytes_str(why))))
		return true;
	(void)snprintf(what, sizeof what, "--why wants a reason in UTF-8, of at most %d bytes", ACT_WHY_MAX);
	ctl_usage(command, what);
	return false;
}

int
ctl_fail(const struct err *e)
{
	(void)fprintf(stderr, "mingpianctl: %s\n", e->text);
	return err_exit(e->code);
}

int
ctl_usage(const char *command, const char *what)
{
	(void)fprintf(stderr, "mingpianctl %s: %s; see 'mingpianctl %s --help'\n", command, what, command);
	return EX_USAGE;
}
