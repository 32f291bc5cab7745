/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/patience.h"

#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <time.h>

struct patience_limits patience_limits = {
        .file = 5000, .mail = 6000, .second = 3000, .picture = 12000, .outline = 2000};

/* A process that ran out of memory before it had so much was not the mail's victim, but the machine's. */
enum { MUCH_MEMORY_KB = 256 << 10 };

/* What both sides see. */
struct page {
	_Atomic uint32_t file;    /* the file at hand; 0: none, the mail itself */
	_Atomic uint32_t picture; /* it is one */
	_Atomic int64_t since_ms; /* when it was begun, in processor time */
	/* Written by who waits alone, while nobody reads; copied by who reads before the mail is. */
	uint32_t skip;   /* the file to be passed over; 0: none */
	uint32_t why;    /* enum err_code: for which reason */
	uint32_t closed; /* enum err_code: nothing is to be opened */
};

static struct page *page;

/* Of the process that reads, out of the page's reach. */
static struct {
	unsigned begun;      /* files */
	int64_t pictures_ms; /* what pictures took */
} mine;

/* Of the side that waits: what it decided, and what all processes for this mail took. */
static bool ended_by_us;
static int64_t spent_ms;

static int64_t
used_ms(clockid_t clock)
{
	struct timespec t = {0};

	return clock_gettime(clock, &t) == 0 ? (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000 : -1;
}

static int64_t
now_ms(void)
{
	return used_ms(CLOCK_PROCESS_CPUTIME_ID);
}

/* ---- who reads ---- */

static void
mark(struct patience_mark m)
{
	page->since_ms = now_ms();
	page->picture = m.picture;
	page->file = m.file;
}

enum err_code
patience_begin(bool picture, struct patience_mark *was_r)
{
	int64_t most = page && page->skip ? patience_limits.second : patience_limits.mail;
	unsigned file = ++mine.begun;

	*was_r = (struct patience_mark){0};
	if (!page)
		return ERR_NONE;
	*was_r = (struct patience_mark){page->file, page->picture};
	if (file == page->skip)
		return (enum err_code)page->why;
	if (!picture && now_ms() - mine.pictures_ms > most)
		return ERR_TIMEOUT;
	if (picture && page->skip && mine.pictures_ms > patience_limits.picture / 2)
		return ERR_TIMEOUT;
	mark((struct patience_mark){file, picture});
	return ERR_NONE;
}

void
patience_end(struct patience_mark was)
{
	if (!page)
		return;
	if (page->picture)
		mine.pictures_ms += now_ms() - page->since_ms;
	mark(was);
}

void
patience_renew(void)
{
	if (!page)
		return;
	mine.pictures_ms += now_ms() - page->since_ms;
	page->since_ms = now_ms();
}

enum err_code
patience_closed(void)
{
	return page ? (enum err_code)page->closed : ERR_NONE;
}

/* ---- who waits ---- */

bool
patience_init(struct err *e)
{
	void *p = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return err_sys(e, ERR_OS, errno, "memory that is shared with the process that reads");
	page = p;
	return true;
}

void
patience_new(void)
{
	*page = (struct page){0};
	ended_by_us = false;
	spent_ms = 0;
}

unsigned
patience_seconds(unsigned whole)
{
	int64_t kept = page->closed ? 0 : patience_limits.outline;
	int64_t left = ((int64_t)whole * 1000 - spent_ms - kept) / 1000;

	if (!whole)
		return 0;
	return left > 1 ? (unsigned)left : 1;
}

/* Its processor time is up: SIGKILL follows. A limit reaches the child alone, where a signal that the
 * server's filter let through could reach anybody. */
static void
end(pid_t child)
{
	const struct rlimit none = {0, 0};

	ended_by_us = prlimit(child, RLIMIT_CPU, &none, NULL) == 0;
}

static int64_t
most_ms(void)
{
	if (page->picture)
		return page->skip ? patience_limits.picture / 2 : patience_limits.picture;
	return page->skip ? patience_limits.second : patience_limits.file;
}

void
patience_look(pid_t child)
{
	int64_t most = most_ms(), used;
	clockid_t clock;

	if (page->closed || ended_by_us || clock_getcpuclockid(child, &clock) != 0)
		return;
	used = used_ms(clock);
	if (used >= 0 && used - page->since_ms > most)
		end(child);
}

static int64_t
ms_of(struct timeval t)
{
	return (int64_t)t.tv_sec * 1000 + t.tv_usec / 1000;
}

static enum err_code
why_of(int status, long memory_kb)
{
	if (WIFSIGNALED(status) && (ended_by_us || WTERMSIG(status) == SIGXCPU))
		return ERR_TIMEOUT;
	if (WIFEXITED(status) && WEXITSTATUS(status) == EX_OSERR && memory_kb > MUCH_MEMORY_KB)
		return ERR_TOO_LARGE;
	return ERR_NONE;
}

bool
patience_again(int status, const struct rusage *used)
{
	enum err_code why = why_of(status, used->ru_maxrss);
	/* as a whole it must end soon: there is one more long try, or none */
	bool late = ms_of(used->ru_utime) > patience_limits.picture + patience_limits.second;
	uint32_t file = page->skip || late ? 0 : page->file;

	if (!why || page->closed)
		return false;
	*page = (struct page){.skip = file, .why = why, .closed = file ? ERR_NONE : why};
	ended_by_us = false;
	spent_ms += ms_of(used->ru_utime) + ms_of(used->ru_stime);
	return true;
}
