/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Changes a file in many ways and reads each, in a mail, as mingpian-parse does, without a process for each:
 *what is tested is the readers, not the cage.
 *
 *	many_hostile FORM.CFG FILE NAME [PAD] <EDITS
 *
 * FILE is attached under NAME; one whose NAME ends in .eml is the mail itself. An edit is a line: `cut LEN`,
 *or `put OFFSET HEX` and further pairs of these. PAD: zeros make up so many bytes behind it. Each result must
 *come within SECONDS of processor time, in MEMORY_MB, and be one JSON object in UTF-8, or be refused as no
 *mail. What fails is told; the last line is five numbers: files, crashes, hangs, over memory, bad json. */
#include "config/form.h"
#include "config/mem.h"
#include "parsers/charset.h"
#include "parsers/job.h"
#include "parsers/mail.h"

#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

enum { SECONDS = 20, MEMORY_MB = 768, FILE_MAX = 8 << 20, EDITS_MAX = 200000, ANSWER_MAX = 64 << 20 };
enum { BAD_JSON = 3, OVER_MEMORY = 4 };

static const char head[] = "From: a@example.org\r\nTo: maruijuan@miit-icdc.org\r\nSubject: hostile\r\n"
                           "Message-ID: <h@example.org>\r\nMIME-Version: 1.0\r\n"
                           "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n"
                           "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n";

struct work {
	const struct form *form;
	struct bytes file;
	const char *name;
	size_t pad;
	char **edits;
	size_t count;
};

/* What the child is at; both see it. */
static volatile size_t *at;

static bool
is_mail(const char *name)
{
	return bytes_end(bytes_str(name), ".eml");
}

static int
hex(char c)
{
	const char *digits = "0123456789abcdef", *p = strchr(digits, c);

	return c && p ? (int)(p - digits) : -1;
}

/* `put`'s pairs, over the len bytes at p. */
static void
put(char *p, size_t len, const char *edit)
{
	for (char *next; *edit; edit = next + strspn(next, " ")) {
		size_t to = strtoul(edit, &next, 10);

		next += strspn(next, " ");
		for (; hex(next[0]) >= 0 && hex(next[1]) >= 0; next += 2, to++)
			if (to < len)
				p[to] = (char)(hex(next[0]) * 16 + hex(next[1]));
	}
}

/* The mail of one edit. */
static void
make(const struct work *w, const char *edit, struct buf *mail)
{
	size_t begin, len = w->file.len;

	if (!is_mail(w->name))
		buf_fmt(mail, head,
		        w->name); /* NOLINT(clang-diagnostic-format-nonliteral): it stands above */
	begin = mail->len;
	if (strncmp(edit, "cut ", 4) == 0)
		len = strtoul(edit + 4, NULL, 10);
	buf_add(mail, w->file.at, len < w->file.len ? len : w->file.len);
	if (strncmp(edit, "put ", 4) == 0)
		put(mail->at + begin, mail->len - begin, edit + 4);
	while (mail->len - begin < w->pad)
		buf_ch(mail, 0);
}

static int
look(const struct work *w, const char *edit)
{
	const struct job j = {.form = w->form, .received = 1654826700}; /* 2022-06-10 10:05 +08:00 */
	struct buf mail = BUF_INIT(FILE_MAX * 2), out = BUF_INIT(ANSWER_MAX);
	struct rusage used;
	struct err e = {0};
	int wrong = 0;

	make(w, edit, &mail);
	if (job_answer(&j, buf_bytes(&mail), &out, &e)) {
		json_t *o = json_loadb(out.at ? out.at : "", out.len, JSON_REJECT_DUPLICATES, NULL);

		wrong = json_is_object(o) ? 0 : BAD_JSON;
		json_decref(o);
	} else if (e.code != ERR_NOT_MAIL) {
		wrong = BAD_JSON;
	}
	buf_free(&mail);
	buf_free(&out);
	if (getrusage(RUSAGE_SELF, &used) == 0 && used.ru_maxrss > MEMORY_MB << 10)
		wrong = OVER_MEMORY;
	return wrong;
}

/* On from *at to the end, or to the first that is wrong. */
static _Noreturn void
be_child(const struct work *w)
{
	for (; *at < w->count; ++*at) {
		const struct itimerval limit = {.it_value.tv_sec = SECONDS};
		int wrong;

		(void)setitimer(ITIMER_PROF, &limit, NULL);
		wrong = look(w, w->edits[*at]);
		if (wrong)
			_exit(wrong);
	}
	_exit(0);
}

static void
tell(const struct work *w, const char *what)
{
	(void)printf("%s: %s: %.80s\n", what, w->name, w->edits[*at]);
}

static bool
run(const struct work *w, size_t found[4])
{
	static const char *const words[] = {"crash", "hang", "over memory", "bad json"};

	for (*at = 0; *at < w->count; ++*at) {
		pid_t child = fork();
		int status = 0, kind = 0;

		if (child == 0)
			be_child(w);
		if (child < 0 || waitpid(child, &status, 0) != child)
			return false;
		if (status == 0)
			break;
		if (WIFSIGNALED(status) && WTERMSIG(status) == SIGPROF)
			kind = 1;
		else if (WIFEXITED(status) && WEXITSTATUS(status) == OVER_MEMORY)
			kind = 2;
		else if (WIFEXITED(status) && WEXITSTATUS(status) == BAD_JSON)
			kind = 3;
		found[kind]++;
		tell(w, words[kind]);
	}
	return true;
}

static bool
read_file(const char *path, struct buf *b)
{
	FILE *f = fopen(path, "rb");
	char *to = buf_room(b, FILE_MAX);

	if (!f)
		return false;
	b->len = fread(to, 1, FILE_MAX, f);
	return fclose(f) == 0;
}

static void
read_edits(struct work *w)
{
	char *line = NULL;
	size_t room = 0;

	w->edits = mem_alloc(EDITS_MAX, sizeof *w->edits);
	while (w->count < EDITS_MAX && getline(&line, &room, stdin) > 0) {
		line[strcspn(line, "\n")] = '\0';
		w->edits[w->count++] = mem_str(line);
	}
	free(line);
}

int
main(int argc, char **argv)
{
	struct buf file = BUF_INIT(FILE_MAX);
	struct form *form = NULL;
	struct work w = {0};
	struct err e = {0};
	size_t found[4] = {0};
	bool ok;

	if (argc < 4 || argc > 5)
		return EX_USAGE;
	if (!form_load(&form, argv[1], &e) || !read_file(argv[2], &file)) {
		(void)fprintf(stderr, "many_hostile: %s: %s\n", argv[2], e.code ? e.text : "not read");
		return EX_NOINPUT;
	}
	w = (struct work){.form = form, .file = buf_bytes(&file), .name = argv[3]};
	w.pad = argc > 4 ? strtoul(argv[4], NULL, 10) : 0;
	read_edits(&w);
	charset_preload();
	mail_init();
	at = mmap(NULL, sizeof *at, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	ok = at != MAP_FAILED && run(&w, found);
	(void)printf("%zu %zu %zu %zu %zu\n", w.count, found[0], found[1], found[2], found[3]);
	for (size_t i = 0; i < w.count; i++)
		free(w.edits[i]);
	free(w.edits);
	buf_free(&file);
	form_free(form);
	return ok ? EX_OK : EX_OSERR;
}
