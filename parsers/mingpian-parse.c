/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpian-parse: a mail in, JSON out. A pure function in a cage: mingpian-parse(8), docs/parse.md. */
#include "config/clock.h"
#include "config/err.h"
#include "config/form.h"
#include "parsers/charset.h"
#include "parsers/ocr.h"
#include "parsers/overlay.h"
#include "parsers/result.h"
#include "parsers/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { MEMORY_MB = 768, CPU_SECONDS = 60, DUMP_MAX = 64 << 20, ANSWER_MAX = 64 << 20 };

struct options {
	const char *form, *file, *ocr;
	time_t received;
	unsigned long seconds, memory_mb;
	bool explain, dump, engines, overlay, no_sandbox;
};

static const char usage[] =
        "usage: mingpian-parse [-c FORM.CFG] [--received RFC3339] [--explain] FILE.eml\n"
        "Reads one mail (- for standard input) and prints what it holds as JSON.\n"
        "  -c, --config FILE     the form file; else the one beside the program, else the installed one\n"
        "  --received RFC3339    when the mail arrived: 2022-06-10T10:05:00+08:00\n"
        "  --explain             also say where each value stands\n"
        "  --dump                print the structure of the documents instead\n"
        "  --ocr DIR             where PP-OCRv4's files lie; none: read pictures by tesseract\n"
        "  --engines             say what reads pictures here, and end\n"
        "  --overlay             FILE holds a form and values given later, as JSON: print what comes of "
        "them\n"
        "  --seconds N           CPU time for the mail (60)\n"
        "  --memory-mb N         address space for it (768)\n"
        "  --no-sandbox          for debuggers; a build with sanitizers runs without in any case\n"
        "  --version, --help\n"
        "Exit status: 0, or 65 where the input is no mail (sysexits(3)).\n";

static int
complain(const struct err *e)
{
	(void)fprintf(stderr, "mingpian-parse: %s\n", e->text);
	return err_exit(e->code);
}

/* ---- options ---- */

/* A whole number from 1 to most. */
static bool
read_number(const char *name, const char *s, unsigned long most, unsigned long *n_r)
{
	char *end;

	errno = 0;
	*n_r = strtoul(s, &end, 10);
	if (errno == 0 && *s >= '0' && *s <= '9' && !*end && *n_r >= 1 && *n_r <= most)
		return true;
	(void)fprintf(stderr, "mingpian-parse: %s wants a whole number from 1 to %lu\n", name, most);
	return false;
}

/* False: *status_r is the exit status. */
static bool
read_options(int argc, char **argv, struct options *o, int *status_r)
{
	enum {
		RECEIVED = 256,
		SECONDS,
		MEMORY,
		EXPLAIN,
		DUMP,
		OCR,
		ENGINES,
		OVERLAY,
		NO_SANDBOX,
		VERSION_ASKED,
		HELP
	};
	static const struct option known[] = {{"config", required_argument, NULL, 'c'},
	                                      {"received", required_argument, NULL, RECEIVED},
	                                      {"seconds", required_argument, NULL, SECONDS},
	                                      {"memory-mb", required_argument, NULL, MEMORY},
	                                      {"explain", no_argument, NULL, EXPLAIN},
	                                      {"dump", no_argument, NULL, DUMP},
	                                      {"ocr", required_argument, NULL, OCR},
	                                      {"engines", no_argument, NULL, ENGINES},
	                                      {"overlay", no_argument, NULL, OVERLAY},
	                                      {"no-sandbox", no_argument, NULL, NO_SANDBOX},
	                                      {"version", no_argument, NULL, VERSION_ASKED},
	                                      {"help", no_argument, NULL, HELP},
	                                      {NULL, 0, NULL, 0}};
	int c;

	*status_r = EX_OK;
	while ((c = getopt_long(argc, argv, "c:", known, NULL)) != -1) {
		switch (c) {
		case 'c': o->form = optarg; break;
		case RECEIVED:
			if (clock_parse(optarg, &o->received))
				break;
			(void)fprintf(
			        stderr,
			        "mingpian-parse: --received wants a time as 2022-06-10T10:05:00+08:00\n");
			*status_r = EX_USAGE;
			return false;
		case SECONDS:
			if (read_number("--seconds", optarg, 3600, &o->seconds))
				break;
			*status_r = EX_USAGE;
			return false;
		case MEMORY:
			if (read_number("--memory-mb", optarg, 65536, &o->memory_mb))
				break;
			*status_r = EX_USAGE;
			return false;
		case EXPLAIN: o->explain = true; break;
		case DUMP: o->dump = true; break;
		case OCR: o->ocr = optarg; break;
		case ENGINES: o->engines = true; break;
		case OVERLAY: o->overlay = true; break;
		case NO_SANDBOX: o->no_sandbox = true; break;
		case VERSION_ASKED: (void)printf("mingpian-parse %s\n", VERSION); return false;
		case HELP: (void)fputs(usage, stdout); return false;
		default: *status_r = EX_USAGE; return false;
		}
	}
	if (optind + (o->engines ? 0 : 1) != argc) {
		(void)fputs(usage, stderr);
		*status_r = EX_USAGE;
		return false;
	}
	o->file = argv[optind];
	return true;
}

/* The form file: named, or config/form.cfg beside the build directory, or the installed one. */
static bool
load_form(const struct options *o, struct form **f_r, struct err *e)
{
	static const char *const installed[] = {PREFIX "/share/mingpian/form.cfg", "/etc/mingpian/form.cfg",
	                                        "/usr/share/mingpian/form.cfg"};
	char self[PATH_MAX], beside[PATH_MAX + 32];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	char *slash;

	if (o->form)
		return form_load(f_r, o->form, e);
	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash) {
		*slash = '\0';
		(void)snprintf(beside, sizeof beside, "%s/../config/form.cfg", self);
		if (access(beside, R_OK) == 0)
			return form_load(f_r, beside, e);
	}
	for (size_t i = 0; i < sizeof installed / sizeof *installed; i++)
		if (access(installed[i], R_OK) == 0)
			return form_load(f_r, installed[i], e);
	return err_set(e, ERR_CONFIG, "no form file: name one with -c, or put it at %s", installed[0]);
}

/* ---- bytes in and out ---- */

static bool
read_all(int fd, const char *name, struct buf *b, struct err *e)
{
	for (;;) {
		void *to = buf_room(b, 64 << 10);
		ssize_t n;

		if (!to)
			return err_set(e, ERR_NOT_MAIL, "%s is larger than any mail (%d MiB)", name,
			               MAIL_BYTES_MAX >> 20);
		n = read(fd, to, 64 << 10);
		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return err_sys(e, ERR_INPUT, errno, "reading %s", name);
		b->len += n > 0 ? (size_t)n : 0;
	}
	buf_seal(b);
	return true;
}

static bool
write_all(const struct buf *b, struct err *e)
{
	size_t done = 0;

	if (b->over)
		return err_set(e, ERR_DISK, "the answer is larger than it may be");
	while (done < b->len) {
		ssize_t n = write(STDOUT_FILENO, b->at + done, b->len - done);

		if (n < 0 && errno != EINTR)
			return err_sys(e, ERR_DISK, errno, "writing the answer");
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

/* ---- the work ---- */

/* What may be read in the cage: the system's directories, and where the engine for pictures lies. */
static void
list_dirs(const char *ocr, const char **dirs, size_t max)
{
	size_t n = 0;

	while (sandbox_dirs[n] && n < max - 2) {
		dirs[n] = sandbox_dirs[n];
		n++;
	}
	dirs[n++] = ocr;
	dirs[n] = NULL;
}

/* Tried where it will run: in the cage. */
static bool
say_engine(struct buf *out, struct err *e)
{
	const char *name = ocr_engine_name(e);

	if (name)
		buf_fmt(out, "%s\n", name);
	return name && write_all(out, e);
}

static bool
parse(const struct options *o, const struct form *f, struct bytes mail, struct buf *out, struct err *e)
{
	struct arena *a = arena_new();
	struct result r = {.form = f};
	struct buf dump = BUF_INIT(DUMP_MAX);
	struct mail *m = NULL;
	bool ok = mail_open(&m, a, mail, e);

	if (!ok)
		goto out;
	r.mail = m;
	r.machine = machine_judge(f, m);
	r.auth = auth_read(f, m);
	walk_mail(&r.found, f, m, o->dump ? &dump : NULL);
	result_settle(&r, o->received);
	if (o->dump)
		buf_add(out, dump.at, dump.len);
	else
		result_json(&r, o->explain, out);
out:
	buf_free(&dump);
	arena_free(a);
	return ok;
}

static bool
work(const struct options *o, const struct form *f, struct bytes input, struct buf *out, struct err *e)
{
	return o->overlay ? overlay_form(f, input, out, e) : parse(o, f, input, out, e);
}

static bool
open_input(const char *file, int *fd_r, struct err *e)
{
	*fd_r = strcmp(file, "-") == 0 ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	return *fd_r >= 0 ? true : err_sys(e, ERR_INPUT, errno, "opening %s", file);
}

int
main(int argc, char **argv)
{
	struct options o = {.seconds = CPU_SECONDS, .memory_mb = MEMORY_MB};
	const char *dirs[16] = {NULL};
	struct sandbox_limits limits = {.dirs = dirs};
	struct form *f = NULL;
	struct buf mail = BUF_INIT(MAIL_BYTES_MAX + (1 << 20)), out = BUF_INIT(ANSWER_MAX);
	struct err e = {0};
	int fd = -1, status;
	bool ok = false;

	if (!read_options(argc, argv, &o, &status))
		return status;
	limits.memory_mb = o.memory_mb;
	limits.cpu_seconds = (unsigned)o.seconds;
	if (!load_form(&o, &f, &e) || !f || !clock_zone(f->zone, &e) ||
	    (!o.engines && !open_input(o.file, &fd, &e)))
		goto out;
	list_dirs(ocr_place(o.ocr), dirs, sizeof dirs / sizeof *dirs);
	charset_preload();
	mail_init();
	if (!o.no_sandbox && sandbox_possible() && !sandbox_enter(&limits, &e))
		goto out;
	if (o.engines) {
		ok = say_engine(&out, &e);
		goto out;
	}
	ok = read_all(fd, o.file, &mail, &e) && work(&o, f, buf_bytes(&mail), &out, &e) &&
	     write_all(&out, &e);
out:
	status = ok ? EX_OK : complain(&e);
	buf_free(&mail);
	buf_free(&out);
	form_free(f);
	ocr_close();
	return status;
}
