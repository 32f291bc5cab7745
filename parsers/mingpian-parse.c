/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mingpian-parse: a mail in, JSON out. A pure function in a cage: mingpian-parse(8), docs/parse.md. */
#include "config/clock.h"
#include "config/err.h"
#include "config/form.h"
#include "config/landlock.h"
#include "config/no_memory.h"
#include "parsers/charset.h"
#include "parsers/label.h"
#include "parsers/mail.h"
#include "parsers/ocr.h"
#include "parsers/serve.h"
#include "parsers/watched.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

enum { MEMORY_MB = 768, CPU_SECONDS = 20 };

/* Only what holds a picture or a whole file asks for so much; its reader answers too_large. */
enum { NO_MEMORY_SPARES = 1 << 20 };

struct options {
	const char *form, *file, *ocr;
	time_t received;
	unsigned long seconds, memory_mb;
	enum err_code outline; /* ERR_NONE: none is asked for */
	bool explain, dump, engines, overlay, serve, pictures, no_sandbox;
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
        "  --outline[=REASON]    open nothing in the mail: say what its header, text and file names say, "
        "and\n"
        "                        that its files are unread for this reason (damaged)\n"
        "  --serve               for mingpiand: many mails, each in a child (docs/parse.md)\n"
        "  --pictures            with --serve: load the engine for pictures at once\n"
        "  --seconds N           CPU time for the mail (20)\n"
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

/* Why the files of an outline are not opened: a reason of `unread`. */
static bool
read_reason(const char *name, enum err_code *reason_r)
{
	*reason_r = ERR_DAMAGED;
	for (int i = ERR_ENCRYPTED; name && i < ERR_CODES; i++)
		if (strcmp(err_name((enum err_code)i), name) == 0) {
			*reason_r = (enum err_code)i;
			return true;
		}
	if (!name)
		return true;
	(void)fprintf(stderr, "mingpian-parse: --outline=%s: no reason of `unread'\n", name);
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
		OUTLINE,
		SERVE,
		PICTURES,
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
	                                      {"outline", optional_argument, NULL, OUTLINE},
	                                      {"serve", no_argument, NULL, SERVE},
	                                      {"pictures", no_argument, NULL, PICTURES},
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
		case OUTLINE:
			if (read_reason(optarg, &o->outline))
				break;
			*status_r = EX_USAGE;
			return false;
		case SERVE: o->serve = true; break;
		case PICTURES: o->pictures = true; break;
		case NO_SANDBOX: o->no_sandbox = true; break;
		case VERSION_ASKED: (void)printf("mingpian-parse %s\n", VERSION); return false;
		case HELP: (void)fputs(usage, stdout); return false;
		default: *status_r = EX_USAGE; return false;
		}
	}
	if (optind + (o->engines || o->serve ? 0 : 1) != argc) {
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

/* ---- the work ---- */

/* What may be read in the cage: the system's directories, and where the engine for pictures lies. */
static void
list_dirs(const char *ocr, const char **dirs, size_t max)
{
	size_t n = 0;

	while (n < max - 2 && sandbox_dirs[n]) {
		dirs[n] = sandbox_dirs[n];
		n++;
	}
	dirs[n++] = ocr;
	dirs[n] = NULL;
}

/* Tried where it will run: in the cage. */
static bool
say_engine(struct err *e)
{
	const char *name = ocr_engine_name(e);

	return name && (puts(name) >= 0 || err_sys(e, ERR_DISK, errno, "writing the answer"));
}

static bool
open_input(const char *file, int *fd_r, struct err *e)
{
	*fd_r = strcmp(file, "-") == 0 ? STDIN_FILENO : open(file, O_RDONLY | O_CLOEXEC);
	return *fd_r >= 0 ? true : err_sys(e, ERR_INPUT, errno, "opening %s", file);
}

/* One mail, in a process of its own; for a debugger, in this one. */
static bool
run_once(const struct options *o, const struct serve_config *c, struct err *e)
{
	int fd = -1;

	if (!o->engines && !open_input(o->file, &fd, e))
		return false;
	if (!o->engines && !o->no_sandbox)
		return watched_run(c, fd, o->file, e);
	if (c->sandbox && !sandbox_enter(&c->limits, e))
		return false;
	return o->engines ? say_engine(e) : job_run(&c->job, fd, o->file, e);
}

/* Once through a mail of our own: what is made at first use (tables of regions, types of GLib, pages of code)
 * is there for all children. Says nothing and leaves nothing. */
static void
warm_up(const struct form *f)
{
	static const char mail[] =
	        "From: a@example.org\nSubject: x\nMIME-Version: 1.0\n"
	        "Content-Type: multipart/mixed; boundary=b\n\n"
	        "--b\nContent-Type: text/html; charset=utf-8\n\n"
	        "<table><tr><td>江苏省苏州市昆山市</td><td>0512-55480000</td></tr></table>\n"
	        "--b\nContent-Type: text/plain; charset=gb18030\n"
	        "Content-Disposition: attachment; filename=a.txt\n\nx\n"
	        "--b\nContent-Type: application/pdf\n\n%PDF-1.4\n1 0 obj\nendobj\n--b--\n";
	const struct job j = {.form = f};
	struct buf out = BUF_INIT(1 << 20);

	(void)job_answer(&j, bytes_str(mail), &out, NULL);
	buf_free(&out);
}

/* Many, each in a child. The engine for pictures is loaded here, once for all, or by nobody. */
static bool
run_server(const struct options *o, const struct serve_config *c, struct err *e)
{
	struct err none = {0};

	warm_up(c->job.form);
	if (o->pictures)
		(void)ocr_engine_name(&none);
	else
		ocr_elsewhere(SERVE_PICTURES);
	return serve(c, e);
}

int
main(int argc, char **argv)
{
	struct options o = {.seconds = CPU_SECONDS, .memory_mb = MEMORY_MB};
	const char *dirs[16] = {NULL};
	struct serve_config c = {.limits = {.dirs = dirs}};
	struct form *f = NULL;
	struct err e = {0};
	int status;
	bool ok = false;

	if (!read_options(argc, argv, &o, &status))
		return status;
	no_memory_spares = NO_MEMORY_SPARES;
	if (!load_form(&o, &f, &e) || !f || !clock_zone(f->zone, &e))
		goto out;
	c.job = (struct job){f, o.received, o.explain, o.dump, o.overlay, o.outline};
	c.limits.memory_mb = o.memory_mb;
	c.limits.cpu_seconds = (unsigned)o.seconds;
	c.sandbox = !o.no_sandbox && sandbox_possible();
	if (c.sandbox && landlock_abi() == 0)
		(void)fputs("mingpian-parse: this kernel has no Landlock: what may be read is not shut\n",
		            stderr);
	list_dirs(ocr_place(o.ocr), dirs, sizeof dirs / sizeof *dirs);
	charset_preload();
	(void)labels_of(NULL, f); /* before the server forks: it is kept with the form */
	mail_init();
	ok = o.serve ? run_server(&o, &c, &e) : run_once(&o, &c, &e);
out:
	status = ok ? EX_OK : complain(&e);
	form_free(f);
	ocr_close();
	return status;
}
