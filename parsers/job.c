/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/job.h"

#include "config/fd.h"

#include "parsers/outline.h"
#include "parsers/overlay.h"
#include "parsers/patience.h"
#include "parsers/result.h"

#include <errno.h>
#include <unistd.h>

enum { DUMP_MAX = 64 << 20, ANSWER_MAX = 64 << 20, PIECE = 64 << 10 };

static bool
read_all(int fd, const char *name, struct buf *b, struct err *e)
{
	for (;;) {
		void *to = buf_room(b, PIECE);
		ssize_t n;

		if (!to)
			return err_set(e, ERR_NOT_MAIL, "%s is larger than any mail (%d MiB)", name,
			               MAIL_BYTES_MAX >> 20);
		n = read(fd, to, PIECE);
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
write_answer(const struct buf *b, struct err *e)
{
	if (b->over)
		return err_set(e, ERR_DISK, "the answer is larger than it may be");
	return fd_write_all(STDOUT_FILENO, buf_bytes(b)) || err_sys(e, ERR_DISK, errno, "writing the answer");
}

static bool
parse(const struct job *j, struct bytes mail, struct buf *out, struct err *e)
{
	struct arena *a = arena_new();
	struct result r = {.form = j->form};
	struct buf dump = BUF_INIT(DUMP_MAX);
	struct mail *m = NULL;
	bool ok = j->closed ? mail_open_outline(&m, a, mail, e) : mail_open(&m, a, mail, e);

	if (!ok)
		goto out;
	r.mail = m;
	r.machine = machine_judge(j->form, m);
	r.auth = auth_read(j->form, m);
	if (j->closed)
		outline_mail(&r.found, j->form, m, j->closed);
	else
		walk_mail(&r.found, j->form, m, j->dump ? &dump : NULL);
	result_settle(&r, j->received);
	if (j->dump)
		buf_add(out, dump.at, dump.len);
	else
		result_json(&r, j->explain, out);
out:
	buf_free(&dump);
	arena_free(a);
	return ok;
}

bool
job_answer(const struct job *j, struct bytes input, struct buf *out, struct err *e)
{
	return j->overlay ? overlay_form(j->form, input, out, e) : parse(j, input, out, e);
}

bool
job_run(const struct job *j, int fd, const char *name, struct err *e)
{
	struct buf input = BUF_INIT(MAIL_BYTES_MAX + (1 << 20)), out = BUF_INIT(ANSWER_MAX);
	struct job now = *j;
	bool ok;

	if (!now.closed)
		now.closed = patience_closed();
	ok = read_all(fd, name, &input, e) && job_answer(&now, buf_bytes(&input), &out, e) &&
	     write_answer(&out, e);

	buf_free(&input);
	buf_free(&out);
	return ok;
}
