/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Sends FILE to each TO over one connection, and says what became of each, a line each, for tests:
 *   smtp_probe [-n] [-s] CA URL USER PASSWORD FROM FILE TO…
 * -n: no TLS; -s: silence of 1.5 s is too long, a whole mail may take 20 s */
#include "config/mem.h"
#include "daemon/smtp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct bytes
read_all(const char *file)
{
	enum { MAX = 1 << 20 };
	unsigned char *p = mem_alloc(MAX, 1);
	FILE *f = fopen(file, "r");
	size_t n = 0;

	if (!f)
		exit(66);
	n = fread(p, 1, MAX, f);
	(void)fclose(f);
	return BYTES(p, n);
}

int
main(int argc, char **argv)
{
	struct smtp_account a = {0};
	struct smtp *s = NULL;
	struct bytes mail = {0};

	if (argc > 1 && strcmp(argv[1], "-n") == 0) {
		a.tls_none = true;
		argc--, argv++;
	}
	a.answer_ms = 2000;
	if (argc > 1 && strcmp(argv[1], "-s") == 0) {
		a.stall_ms = 1500;
		a.answer_ms = 20000;
		argc--, argv++;
	}
	if (argc < 8)
		return 64;
	a.ca_file = argv[1];
	a.url = argv[2];
	a.user = argv[3];
	a.password = argv[4];
	a.address = argv[5];
	mail = read_all(argv[6]);
	s = smtp_new(&a, NULL);
	for (int i = 7; i < argc; i++) {
		struct smtp_result r;

		smtp_send(s, argv[i], mail, &r);
		printf("%s %d%s %s\n", smtp_verdict_name(r.verdict), r.code, r.slow_down ? " slow" : "",
		       r.words);
	}
	smtp_free(s);
	free((void *)mail.at);
	return 0;
}
