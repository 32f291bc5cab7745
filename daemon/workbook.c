/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "daemon/workbook.h"

#include "config/fd.h"

#include "daemon/workbook_sheets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* In this order; the first is what one sees. */
static void (*const sheets[])(struct book *b) = {
        workbook_overview, workbook_registrations, workbook_departments, workbook_items,
        workbook_changes,  workbook_sent,          workbook_anomalies,   workbook_audit,
};

/* The library's temporary files have no name as soon as they are open. A daemon may write below its spool
 * alone; who only reads that may write to the system's folder. */
static const char *
temporary(const struct report *r)
{
	const char *dir = r->config ? r->config->spool.dir : NULL;

	return dir && access(dir, W_OK) == 0 ? dir : NULL;
}

static lxw_error
write_book(const char *path, const struct report *r)
{
	struct book b = {.r = r};
	lxw_doc_properties about = {.title = (char *)r->form->title, .created = r->now};
	lxw_workbook_options options = {.tmpdir = (char *)temporary(r)};
	lxw_error closed;

	b.book = workbook_new_opt(path, &options);
	if (!b.book)
		mem_die("writing a workbook");
	workbook_set_properties(b.book, &about);
	book_styles(&b);
	for (size_t i = 0; i < sizeof sheets / sizeof *sheets; i++)
		sheets[i](&b);
	closed = workbook_close(b.book);
	return b.error != LXW_NO_ERROR ? b.error : closed;
}

/* The library writes to a file by name: one without a place on any disk, as persons stand in it. */
static bool
read_back(int fd, struct buf *out, struct err *e)
{
	struct stat st;
	ssize_t n = 0;
	char *room;

	if (fstat(fd, &st) != 0)
		return err_sys(e, ERR_OS, errno, "cannot read the workbook back");
	room = buf_room(out, (size_t)st.st_size);
	if (!room)
		return err_set(e, ERR_TOO_LARGE, "the workbook is larger than %d MiB",
		               (int)(WORKBOOK_MAX >> 20));
	for (off_t at = 0; at < st.st_size; at += n) {
		n = pread(fd, room + at, (size_t)(st.st_size - at), at);
		if (n <= 0)
			return err_sys(e, ERR_OS, n ? errno : EIO, "cannot read the workbook back");
	}
	out->len += (size_t)st.st_size;
	buf_seal(out);
	return true;
}

bool
workbook_make(const struct report *r, struct buf *xlsx_r, struct err *e)
{
	char path[40];
	lxw_error error;
	int fd;
	bool ok = false;

	buf_clear(xlsx_r);
	if (r->registration_count > WORKBOOK_ROWS_MAX)
		return err_set(e, ERR_TOO_LARGE, "a workbook of %zu rows: at most %d", r->registration_count,
		               (int)WORKBOOK_ROWS_MAX);
	fd = memfd_create("workbook", MFD_CLOEXEC);
	if (fd < 0)
		return err_sys(e, ERR_OS, errno, "no memory file for the workbook");
	(void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	error = write_book(path, r);
	if (error != LXW_NO_ERROR)
		err_set(e, ERR_OS, "cannot make the workbook: %s (its temporary files go to %s)",
		        lxw_strerror(error), temporary(r) ? temporary(r) : "/tmp");
	else
		ok = read_back(fd, xlsx_r, e);
	(void)close(fd);
	if (!ok)
		buf_clear(xlsx_r);
	return ok;
}

static bool
write_new(const char *file, struct bytes b, struct err *e)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	bool ok = fd >= 0 && fd_write_all(fd, b);

	if (fd >= 0 && close(fd) != 0)
		ok = false;
	return ok || err_sys(e, ERR_DISK, errno, "cannot write %s", file);
}

bool
workbook_write(const char *file, const struct report *r, struct err *e)
{
	struct buf xlsx = BUF_INIT(WORKBOOK_MAX), aside = BUF_INIT(4096);
	bool ok = false;

	buf_fmt(&aside, "%s.%ld.aside", file, (long)getpid());
	if (!workbook_make(r, &xlsx, e) || !write_new(aside.at, buf_bytes(&xlsx), e))
		goto out;
	ok = rename(aside.at, file) == 0;
	if (!ok)
		err_sys(e, ERR_DISK, errno, "cannot write the workbook %s", file);
out:
	if (!ok)
		(void)unlink(aside.at);
	buf_free(&xlsx);
	buf_free(&aside);
	return ok;
}
