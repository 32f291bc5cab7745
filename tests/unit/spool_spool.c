/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: opening mends what a power cut may leave and refuses what it may not; one writes and all may read;
 * what was redacted is gone and stays known. */
#include "tests/unit/spooling.h"

#include "spool/query.h"
#include "spool/sql.h"
#include "spool/verify.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

static const struct spooling_form one = {.bytes = "mail one",
                                         .from = "li@city.test",
                                         .id = "<1@city>",
                                         .receipt = "T-0001",
                                         .as = "new",
                                         .key = "320583",
                                         .revision = 1,
                                         .uid = 1};

static struct hash
fill(const char *dir)
{
	struct spool *s = spooling_open(dir, SPOOL_WRITE);
	struct hash m = spooling_record(s, &one);

	(void)spooling_reply(s, "T-0001.1", m.hex, "li@city.test", "due");
	spooling_commit(s);
	spooling_event(s, "sending", "T-0001.1", 1);
	spooling_commit(s);
	spool_close(s);
	return m;
}

struct faults {
	struct buf text;
	size_t count;
};

static void
note_fault(void *context, const char *fault)
{
	struct faults *f = context;

	buf_fmt(&f->text, "%s\n", fault);
	f->count++;
}

/* What verify finds; free() it. */
static char *
verify(const char *dir, const char *head, size_t *count_r)
{
	struct verify_options o = {.dir = dir, .head = head, .reply_head = spooling_head};
	struct faults f = {.text = BUF_INIT(100000)};
	struct verify_result result;
	struct err e = {0};

	assert_ok(verify_spool(&o, note_fault, NULL, &f, &result, &e), e);
	assert_int_equal(result.faults, f.count);
	*count_r = f.count;
	return buf_take(&f.text);
}

static void
expect_sound(const char *dir)
{
	size_t count = 0;
	char *text = verify(dir, NULL, &count);

	if (count)
		fail_msg("%s", text);
	free(text);
}

static void
expect_fault(const char *dir, const char *want)
{
	size_t count = 0;
	char *text = verify(dir, NULL, &count);

	if (!count || !strstr(text, want))
		fail_msg("wanted \"%s\", got: %s", want, text);
	free(text);
}

static char *
path_in(const char *dir, enum store_kind kind, const struct hash *id)
{
	struct buf b = BUF_INIT(4096);
	char path[STORE_PATH_MAX];

	buf_fmt(&b, "%s/%s", dir, store_path(kind, id, path));
	return buf_take(&b);
}

static bool
there(const char *dir, enum store_kind kind, const struct hash *id)
{
	char *path = path_in(dir, kind, id);
	bool is = access(path, F_OK) == 0;

	free(path);
	return is;
}

/* ---- modes, lock ---- */

static void
modes_are_private_whatever_the_umask(void **state)
{
	static const char *const files[] = {"index.db", "lock", "log/2022-06.jsonl"};
	static const char *const dirs[] = {"mail", "read", "log"};
	struct buf path = BUF_INIT(4096);
	mode_t before = umask(0);
	struct stat st;

	(void)fill(*state);
	for (int k = 0; k < 3; k++) {
		buf_clear(&path);
		buf_fmt(&path, "%s/%s", (char *)*state, files[k]);
		assert_int_equal(stat(path.at, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		buf_clear(&path);
		buf_fmt(&path, "%s/%s", (char *)*state, dirs[k]);
		assert_int_equal(stat(path.at, &st), 0);
		assert_int_equal(st.st_mode & 07777, 0700);
	}
	(void)umask(before);
	buf_free(&path);
}

static void
one_writer(void **state)
{
	struct spool_options o = spooling_options(*state, SPOOL_WRITE);
	struct spool *s, *other = NULL;
	char want[32];
	struct err e = {0};

	s = spooling_open(*state, SPOOL_WRITE);
	(void)snprintf(want, sizeof want, "process %ld test", (long)getpid());
	assert_false(spool_open(&other, &o, &e));
	assert_int_equal(e.code, ERR_BUSY);
	assert_non_null(strstr(e.text, want));
	/* reading goes on beside it */
	spool_close(spooling_open(*state, SPOOL_READ));
	spool_close(s);
	spool_close(spooling_open(*state, SPOOL_WRITE));
}

static void
a_reader_writes_nothing(void **state)
{
	struct spool *s;
	struct hash id;
	struct err e = {0};

	(void)fill(*state);
	s = spooling_open(*state, SPOOL_READ);
	assert_false(spool_put_mail(s, bytes_str("x"), &id, &e));
	assert_false(spool_line(s, json_pack("{s:s}", "event", "stopped"), NULL, &e));
	assert_false(spool_commit(s, &e));
	assert_int_equal(spool_head(s).seq, 4);
	spool_close(s);
	expect_sound(*state);
}

static void
reading_what_is_not_there(void **state)
{
	struct spool_options o = spooling_options("/nonexistent/spool", SPOOL_READ);
	struct spool *s = NULL;
	struct err e = {0};

	(void)state;
	assert_false(spool_open(&s, &o, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
}

/* As a user who may read all and write nothing, with a clean end and with a WAL left by a killed writer. */
static int
read_as_nobody(const char *dir)
{
	struct spool_options o = spooling_options(dir, SPOOL_READ);
	struct query_registration *r = NULL;
	struct arena *a = arena_new();
	struct spool *s = NULL;
	size_t count = 0;
	struct err e = {0};
	int status = 1;

	if (setgid(65534) == 0 && setuid(65534) == 0 && spool_open(&s, &o, &e) &&
	    query_registrations(spool_index(s), a, 0, &r, &count, &e) && count == 1 && spool_head(s).seq == 4)
		status = 0;
	if (status)
		(void)fprintf(stderr, "%s\n", e.text);
	spool_close(s);
	arena_free(a);
	return status;
}

static void
let_all_read(const char *dir)
{
	struct buf b = BUF_INIT(5000);

	buf_fmt(&b, "chmod -R a+rX %s", dir);
	assert_int_equal(system(b.at), 0); /* NOLINT: a path of our own making */
	buf_free(&b);
}

static void
reading_needs_no_right_to_write(void **state)
{
	int status = 0;
	pid_t pid;

	if (geteuid() != 0) {
		print_message("skipped: needs root to become somebody else\n");
		return;
	}
	(void)fill(*state);
	for (int killed = 0; killed < 2; killed++) {
		if (killed) { /* a writer that never closed: index.db-wal holds what index.db has not */
			pid = fork();
			if (pid == 0) {
				struct spool *s = spooling_open(*state, SPOOL_REBUILD);

				_exit(spool_head(s).seq != 4);
			}
			assert_int_equal(waitpid(pid, &status, 0), pid);
			assert_int_equal(status, 0);
			assert_true(spooling_exists(*state, "index.db-wal"));
		}
		let_all_read(*state);
		pid = fork();
		if (pid == 0)
			_exit(read_as_nobody(*state));
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
	}
}

/* ---- no room ---- */

/* The index's WAL may grow no more, and the log may: what a disk does that fills between the two. */
static void
index_full(bool full)
{
	struct rlimit r = {.rlim_cur = full ? 2000 : RLIM_INFINITY, .rlim_max = RLIM_INFINITY};

	(void)signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

static void
an_index_without_room_catches_up(void **state)
{
	struct hash m = fill(*state);
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	const int64_t before = spool_head(s).seq;
	struct err e = {0};

	(void)m;
	index_full(true);
	assert_ok(spool_line(s, json_pack("{s:s}", "event", "stopped"), NULL, &e), e);
	assert_ok(spool_commit(s, &e), e); /* it stands in the log */
	assert_true(spool_behind(s, &e));
	assert_int_equal(e.code, ERR_DISK);
	assert_false(spool_failed(s));
	assert_int_equal(spool_head(s).seq, before + 1);
	assert_int_equal(index_head(spool_index(s)).seq, before);
	/* nothing is staged meanwhile, and it is told why */
	assert_false(spool_line(s, json_pack("{s:s}", "event", "stopped"), NULL, &e));
	assert_non_null(strstr(e.text, "the log is whole"));
	for (int i = 0; i < 3; i++)
		assert_false(spool_catch_up(s, &e));
	index_full(false);
	assert_ok(spool_catch_up(s, &e), e);
	assert_false(spool_behind(s, NULL));
	assert_int_equal(index_head(spool_index(s)).seq, before + 1);
	assert_ok(spool_line(s, json_pack("{s:s}", "event", "stopped"), NULL, &e) && spool_commit(s, &e), e);
	assert_int_equal(index_head(spool_index(s)).seq, before + 2);
	spool_close(s);
	expect_sound(*state);
}

static void
a_probe_tells_whether_there_is_room(void **state)
{
	struct spool *s;
	struct err e = {0};

	(void)fill(*state);
	s = spooling_open(*state, SPOOL_WRITE);
	assert_ok(spool_probe(s, 100000, &e), e);
	index_full(true);
	assert_false(spool_probe(s, 100000, &e));
	assert_int_equal(e.code, ERR_DISK);
	index_full(false);
	assert_false(spool_failed(s));
	assert_ok(spool_probe(s, 100000, &e), e);
	assert_false(spooling_exists(*state, ".aside"));
	spool_close(s);
	expect_sound(*state);
}

/* ---- mending ---- */

/* As a kill between a mail's file and its line leaves it. */
static struct hash
leave(const char *dir, enum store_kind kind, const char *bytes)
{
	struct spool *s = spooling_open(dir, SPOOL_WRITE);
	struct hash id;
	struct err e = {0};

	assert_ok(store_put(spool_store(s), kind, bytes_str(bytes), &id, &e) &&
	                  store_sync(spool_store(s), &e),
	          e);
	store_keep(spool_store(s));
	spool_close(s);
	assert_true(there(dir, kind, &id));
	return id;
}

static bool
lies_aside(const char *dir, enum store_kind kind, const struct hash *id)
{
	char name[128];

	(void)snprintf(name, sizeof name, "unnamed/%s.%s", id->hex, kind == STORE_MAIL ? "eml" : "json");
	return spooling_exists(dir, name);
}

static bool
is_logged(const char *dir, const char *what)
{
	char *text = spooling_read(dir, "log/2022-06.jsonl");
	bool is = strstr(text, what) != NULL;

	free(text);
	return is;
}

static int
waiting(const char *dir)
{
	struct spool *s = spooling_open(dir, SPOOL_READ);
	char first[STORE_PATH_MAX];
	struct err e = {0};
	int count = 0;

	assert_ok(spool_unnamed(s, &count, first, &e), e);
	assert_int_equal(count > 0, first[0] != '\0');
	spool_close(s);
	return count;
}

static void
a_round_that_is_dropped_leaves_nothing(void **state)
{
	struct spool *s;
	struct hash extra;

	(void)fill(*state);
	s = spooling_open(*state, SPOOL_WRITE);
	extra = spooling_mail(s, "taken in, and dropped");
	assert_true(there(*state, STORE_MAIL, &extra));
	spool_close(s); /* as new as if it had never come */
	assert_false(there(*state, STORE_MAIL, &extra));
	expect_sound(*state);
}

/* Where the log is older than the files, one of them may be the only copy there is. */
static void
what_no_line_names_is_set_aside(void **state)
{
	static const char stray[] = "mail/00/not-ours.txt";
	struct hash m = fill(*state),
	            extra = leave(*state, STORE_MAIL, "taken in, and killed before the commit");
	struct spool *s;
	char *text = path_in(*state, STORE_MAIL, &HASH_ZERO);

	*strrchr(text, '/') = '\0';
	(void)mkdir(text, 0700);
	free(text);
	spooling_write(*state, stray, "x", 1);
	spooling_write(*state, "mail/00/.aside", "half", 4);
	expect_fault(*state, "no line of the log names it");
	s = spooling_open(*state, SPOOL_WRITE);
	assert_int_equal(spool_mended(s)->set_aside, 2);
	assert_int_equal(spool_mended(s)->swept, 1);
	assert_int_equal(spool_mended(s)->missing, 0);
	assert_non_null(strstr(spool_mended(s)->set_aside_first, extra.hex));
	spool_close(s);
	assert_false(there(*state, STORE_MAIL, &extra));
	assert_true(lies_aside(*state, STORE_MAIL, &extra));
	assert_true(there(*state, STORE_MAIL, &m));
	assert_false(spooling_exists(*state, stray));
	assert_true(spooling_exists(*state, "unnamed/mail-00-not-ours.txt"));
	assert_false(spooling_exists(*state, "mail/00/.aside"));
	assert_true(is_logged(*state, "\"event\":\"set_aside\",\"prev\":"));
	assert_true(is_logged(*state, extra.hex));
	assert_true(is_logged(*state, "\"event\":\"swept\""));
	assert_int_equal(waiting(*state), 2);
	expect_sound(*state);
	/* once, and it stays */
	s = spooling_open(*state, SPOOL_WRITE);
	assert_int_equal(spool_mended(s)->set_aside, 0);
	spool_close(s);
	assert_true(lies_aside(*state, STORE_MAIL, &extra));
}

static struct hash
take_in_another(struct spool *s)
{
	struct hash m = spooling_record(s, &(struct spooling_form){.bytes = "mail two",
	                                                           .from = "li@city.test",
	                                                           .id = "<2@city>",
	                                                           .receipt = "T-0002",
	                                                           .as = "new",
	                                                           .key = "320584",
	                                                           .revision = 1,
	                                                           .uid = 2});

	(void)spooling_reply(s, "T-0002.1", m.hex, "li@city.test", "due");
	spooling_commit(s);
	return m;
}

/* A mail that came again, a reading of one that is recorded, a reply composed anew: the log stands for them.
 */
static void
what_the_log_stands_for_goes_from_aside(void **state)
{
	struct hash m = fill(*state), mail, reading, stranger, reply;
	char text[300];
	struct spool *s;

	mail = leave(*state, STORE_MAIL, "mail two");
	(void)snprintf(text, sizeof text, "{\"salt\":\"00\",\"kind\":\"reading\",\"message\":\"%s\"}", m.hex);
	reading = leave(*state, STORE_READ, text);
	(void)snprintf(text, sizeof text, "{\"salt\":\"00\",\"kind\":\"reading\",\"message\":\"%s\"}",
	               hash_of(bytes_str("another mail")).hex);
	stranger = leave(*state, STORE_READ, text);
	reply = leave(*state, STORE_MAIL,
	              "To: li@city.test\nMessage-ID: <mingpian.T-0002.1@own.test>\nold\n");
	s = spooling_open(*state, SPOOL_WRITE);
	/* the last put was set aside here, the others when the next one was opened; the first reading is one
	 * of a recorded mail */
	spool_close(s);
	assert_true(lies_aside(*state, STORE_MAIL, &mail));
	assert_true(lies_aside(*state, STORE_MAIL, &reply));
	assert_true(lies_aside(*state, STORE_READ, &stranger));
	assert_int_equal(waiting(*state), 2);

	s = spooling_open(*state, SPOOL_WRITE);
	(void)take_in_another(s);
	spool_close(s);
	assert_int_equal(waiting(*state), 0); /* at once, before they are removed */
	spool_close(spooling_open(*state, SPOOL_WRITE));
	assert_false(lies_aside(*state, STORE_MAIL, &mail));
	assert_false(lies_aside(*state, STORE_MAIL, &reply));
	assert_false(lies_aside(*state, STORE_READ, &reading));
	assert_true(lies_aside(*state, STORE_READ, &stranger));
	assert_true(there(*state, STORE_MAIL, &mail));
	expect_sound(*state);
}

/* The log of a backup beside newer files; then the newer log is put back. */
/* Whatever a file is called, in whatever encoding and however long: it keeps no daemon from starting. */
static void
a_strangers_name_stops_nobody(void **state)
{
	static const char gbk[] = "mail/00/\xb5\xc7\xbc\xc7\xb1\xed.docx";
	struct buf name = BUF_INIT(300);
	struct spool *s;

	(void)fill(*state);
	buf_str(&name, "mail/00/");
	for (int k = 0; k < 80; k++)
		buf_str(&name, "表");
	{
		struct buf dir = BUF_INIT(300);

		buf_fmt(&dir, "%s/mail/00", (const char *)*state);
		(void)mkdir(dir.at, 0700);
		buf_free(&dir);
	}
	spooling_write(*state, gbk, "x", 1);
	spooling_write(*state, name.at, "y", 1);
	spooling_write(*state, "mail/00/put.aside", "z", 1);
	s = spooling_open(*state, SPOOL_WRITE);
	assert_int_equal(spool_mended(s)->set_aside, 3);
	assert_int_equal(spool_mended(s)->swept, 0);
	spool_close(s);
	assert_true(spooling_exists(*state, "unnamed/mail-00-\xb5\xc7\xbc\xc7\xb1\xed.docx"));
	assert_true(spooling_exists(*state, "unnamed/mail-00-put.aside"));
	assert_int_equal(waiting(*state), 3);
	spool_close(spooling_open(*state, SPOOL_WRITE));
	expect_sound(*state);
	buf_free(&name);
}

/* What lies aside is a person's, readable by us or not. */
static void
what_lies_aside_unreadable_stops_nobody(void **state)
{
	struct hash m = fill(*state), id = leave(*state, STORE_MAIL, "only copy");
	struct buf path = BUF_INIT(300);

	(void)m;
	spool_close(spooling_open(*state, SPOOL_WRITE));
	buf_fmt(&path, "%s/unnamed/%s.eml", (const char *)*state, id.hex);
	assert_int_equal(unlink(path.at), 0);
	assert_int_equal(symlink("nowhere", path.at), 0); /* opened by nobody */
	spool_close(spooling_open(*state, SPOOL_WRITE));
	assert_int_equal(waiting(*state), 1);
	buf_free(&path);
}

/* The only copy lies aside, the mail comes again, and the power is cut before its bytes are on disk. */
static void
a_torn_copy_replaces_no_whole_one(void **state)
{
	static const char bytes[] = "the only copy there is";
	struct hash m = fill(*state), id = leave(*state, STORE_MAIL, bytes);
	struct buf name = BUF_INIT(200);
	char path[STORE_PATH_MAX], *text;
	struct spool *s;

	(void)m;
	spool_close(spooling_open(*state, SPOOL_WRITE));
	assert_true(lies_aside(*state, STORE_MAIL, &id));
	spooling_write(*state, store_path(STORE_MAIL, &id, path), bytes, 5);
	s = spooling_open(*state, SPOOL_WRITE);
	assert_int_equal(spool_mended(s)->swept, 1);
	spool_close(s);
	buf_fmt(&name, "unnamed/%s.eml", id.hex);
	text = spooling_read(*state, name.at);
	assert_string_equal(text, bytes);
	free(text);
	/* where a torn one is all there is, it is kept */
	spooling_write(*state, name.at, bytes, 4);
	spooling_write(*state, store_path(STORE_MAIL, &id, path), bytes, 5);
	spool_close(spooling_open(*state, SPOOL_WRITE));
	text = spooling_read(*state, name.at);
	assert_int_equal(strlen(text), 5);
	free(text);
	buf_free(&name);
}

static void
a_newer_log_brings_its_files_back(void **state)
{
	struct spool *s;
	char *cut, *log;
	struct hash m;

	(void)fill(*state);
	cut = spooling_read(*state, "log/2022-06.jsonl");
	s = spooling_open(*state, SPOOL_WRITE);
	m = take_in_another(s);
	spool_close(s);
	log = spooling_read(*state, "log/2022-06.jsonl");

	spooling_write(*state, "index.db", "", 0);
	spooling_write(*state, "log/2022-06.jsonl", cut, strlen(cut));
	s = spooling_open(*state, SPOOL_WRITE);
	assert_int_equal(spool_mended(s)->set_aside, 3); /* mail, reading, reply */
	spool_close(s);
	assert_false(there(*state, STORE_MAIL, &m));
	assert_true(lies_aside(*state, STORE_MAIL, &m));

	spooling_write(*state, "index.db", "", 0);
	spooling_write(*state, "log/2022-06.jsonl", log, strlen(log));
	s = spooling_open(*state, SPOOL_WRITE);
	assert_int_equal(spool_mended(s)->put_back, 3);
	assert_int_equal(spool_mended(s)->missing, 0);
	spool_close(s);
	assert_true(there(*state, STORE_MAIL, &m));
	assert_true(is_logged(*state, "\"event\":\"put_back\""));
	assert_int_equal(waiting(*state), 0);
	expect_sound(*state);
	free(log);
	free(cut);
}

static void
a_torn_end_is_cut_kept_and_logged(void **state)
{
	struct spool *s;
	char *text;

	(void)fill(*state);
	text = spooling_read(*state, "log/2022-06.jsonl");
	text = mem_grow(text, strlen(text) + 32, 1);
	memcpy(text + strlen(text), "{\"seq\":5,\"at\":\"20", 18);
	spooling_write(*state, "log/2022-06.jsonl", text, strlen(text));
	free(text);
	s = spooling_open(*state, SPOOL_WRITE);
	assert_int_equal(spool_mended(s)->cut, 1);
	spool_close(s);
	text = spooling_read(*state, "log/2022-06.jsonl");
	assert_non_null(strstr(text, "\"event\":\"cut\""));
	assert_non_null(
	        strstr(text, "\"file\":\"2022-06.jsonl\",\"bytes\":17,\"kept\":\"2022-06.jsonl.cut-5\""));
	free(text);
	/* once */
	s = spooling_open(*state, SPOOL_WRITE);
	assert_int_equal(spool_mended(s)->cut, 0);
	spool_close(s);
	expect_sound(*state);
}

static void
a_missing_file_is_told(void **state)
{
	struct hash m = fill(*state);
	char *path = path_in(*state, STORE_MAIL, &m);
	struct spool *s;

	assert_int_equal(unlink(path), 0);
	s = spooling_open(*state, SPOOL_WRITE);
	assert_int_equal(spool_mended(s)->missing, 1);
	assert_non_null(strstr(spool_mended(s)->missing_first, m.hex));
	spool_close(s);
	expect_fault(*state, "it is not there");
	free(path);
}

/* ---- the index ---- */

/* The log of a backup, and a reply that tells of a line behind its end. */
static bool
told_head(struct bytes mail, struct log_head *head_r)
{
	char *text = mem_dup0((const char *)mail.at, mail.len), *at = strstr(text, "Log: ");
	bool ok = at && verify_head(at + 5, head_r, NULL);

	free(text);
	return ok;
}

static void
say_restored(struct spool *s)
{
	struct err e = {0};

	spooling_line(s, json_pack("{s:s, s:i}", "event", "restored", "receipts_from", 500));
	spooling_commit(s);
	assert_ok(spool_restored(s, &e), e);
}

static void
a_reply_ahead_of_the_log_is_a_witness(void **state)
{
	static const char later[] = "To: x@city.test\nLog: 9:"
	                            "00000000000000000000000000000000000000000000000000000000000000ff",
	                  foreign[] = "To: x@city.test\nLog: 2:"
	                              "00000000000000000000000000000000000000000000000000000000000000ff";
	struct spool_options o = spooling_options(*state, SPOOL_WRITE);
	struct hash m = fill(*state), reply;
	struct spool *s = NULL;
	struct err e = {0};

	(void)m;
	reply = leave(*state, STORE_MAIL, later);
	o.told = told_head;
	for (int k = 0; k < 2; k++) { /* to make the index anew is no way round it */
		o.mode = k ? SPOOL_REBUILD : SPOOL_WRITE;
		assert_false(spool_open(&s, &o, &e));
		assert_int_equal(e.code, ERR_SPOOL);
		assert_non_null(strstr(e.text, "line 9"));
		assert_non_null(strstr(e.text, "mingpianctl restored"));
		assert_true(there(*state, STORE_MAIL, &reply));
	}
	o.mode = SPOOL_RESTORE; /* a person's word */
	assert_ok(spool_open(&s, &o, &e), e);
	say_restored(s);
	assert_int_equal(spool_mended(s)->set_aside, 1);
	spool_close(s);
	assert_true(lies_aside(*state, STORE_MAIL, &reply));
	o.mode = SPOOL_WRITE;
	assert_ok(spool_open(&s, &o, &e), e);
	spool_close(s);
	(void)leave(*state, STORE_MAIL, foreign);
	assert_false(spool_open(&s, &o, &e));
	assert_non_null(strstr(e.text, "not of this log"));
}

/* The word is the line: who asks for it and does not say it has opened nothing. */
static void
a_word_that_was_not_given_opens_nothing(void **state)
{
	static const char later[] = "To: x@city.test\nLog: 9:"
	                            "00000000000000000000000000000000000000000000000000000000000000ff";
	struct spool_options o = spooling_options(*state, SPOOL_WRITE);
	struct hash m = fill(*state), reply = leave(*state, STORE_MAIL, later);
	struct spool *s = NULL;
	struct err e = {0};
	char *text;

	(void)m;
	o.told = told_head;
	text = spooling_read(*state, "log/2022-06.jsonl");
	spooling_write(*state, "log/2022-06.jsonl", text, (size_t)(strstr(text, "{\"seq\":4,") - text));
	free(text);
	spool_close(spooling_open(*state, SPOOL_RESTORE));
	assert_true(there(*state, STORE_MAIL, &reply));
	assert_false(spool_open(&s, &o, &e));
	assert_non_null(strstr(e.text, "index.db knows line 4"));

	o.mode = SPOOL_RESTORE;
	assert_ok(spool_open(&s, &o, &e), e);
	say_restored(s);
	assert_int_equal(spool_mended(s)->set_aside, 1);
	spool_close(s);
	assert_true(lies_aside(*state, STORE_MAIL, &reply));
	o.mode = SPOOL_WRITE;
	assert_ok(spool_open(&s, &o, &e), e);
	spool_close(s);
	expect_sound(*state);
}

static void
an_index_ahead_of_the_log_is_refused(void **state)
{
	struct spool_options o = spooling_options(*state, SPOOL_WRITE);
	struct spool *s = NULL;
	struct err e = {0};
	char *text, *last;

	(void)fill(*state);
	text = spooling_read(*state, "log/2022-06.jsonl");
	last = strstr(text, "{\"seq\":4,");
	spooling_write(*state, "log/2022-06.jsonl", text, (size_t)(last - text));
	assert_false(spool_open(&s, &o, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	assert_non_null(strstr(e.text, "mingpianctl restored"));
	expect_fault(*state, "index.db: ");
	/* another line under that number */
	last[strlen(last) - 4] ^= 1;
	spooling_write(*state, "log/2022-06.jsonl", text, strlen(text));
	for (int k = 0; k < 2; k++) { /* to make the index anew is no way round it */
		o.mode = k ? SPOOL_REBUILD : SPOOL_WRITE;
		assert_false(spool_open(&s, &o, &e));
		assert_int_equal(e.code, ERR_SPOOL);
	}
	/* nor here; a person's word is */
	spooling_write(*state, "log/2022-06.jsonl", text, (size_t)(last - text));
	o.mode = SPOOL_REBUILD;
	assert_false(spool_open(&s, &o, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	s = spooling_open(*state, SPOOL_RESTORE);
	say_restored(s);
	spool_close(s);
	expect_sound(*state);
	free(text);
}

/* A power cut while the index was no WAL database yet (its first start): half of a transaction in the file,
 * and the journal that takes it back beside it. Who only looks, read-only, may not do that: once such a spool
 * did not open any more. */
static void
leave_hot_journal(const char *dir)
{
	char path[4200];
	sqlite3 *db = NULL;

	(void)snprintf(path, sizeof path, "%s/index.db", dir);
	if (sqlite3_open(path, &db) != SQLITE_OK ||
	    sqlite3_exec(db,
	                 "PRAGMA journal_mode = DELETE; PRAGMA cache_size = 2; BEGIN IMMEDIATE;"
	                 "UPDATE meta SET value = '4711' WHERE name = 'seq';"
	                 "CREATE TABLE half AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c"
	                 " WHERE x < 2000) SELECT x, randomblob(500) FROM c",
	                 NULL, NULL, NULL) != SQLITE_OK)
		_exit(1);
	_exit(0); /* as a power cut: nothing is closed */
}

static void
a_hot_journal_is_rolled_back(void **state)
{
	int status = 0;
	pid_t pid;

	(void)fill(*state);
	pid = fork();
	if (pid == 0)
		leave_hot_journal(*state);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_true(spooling_exists(*state, "index.db-journal"));
	spool_close(spooling_open(*state, SPOOL_WRITE));
	assert_false(spooling_exists(*state, "index.db-journal"));
	expect_sound(*state);
}

static void
an_index_away_or_behind_is_caught_up(void **state)
{
	struct buf path = BUF_INIT(4096);
	struct spool *s;
	char *early;
	struct stat st;

	(void)fill(*state);
	buf_fmt(&path, "%s/index.db", (char *)*state);
	assert_int_equal(stat(path.at, &st), 0);
	early = mem_alloc((size_t)st.st_size, 1);
	{
		int fd = open(path.at, O_RDONLY | O_CLOEXEC);

		assert_int_equal(read(fd, early, (size_t)st.st_size), st.st_size);
		(void)close(fd);
	}
	s = spooling_open(*state, SPOOL_WRITE);
	spooling_event(s, "sent", "T-0001.1", 1);
	spooling_commit(s);
	spool_close(s);
	/* behind, for a reader, who mends nothing, and for a writer */
	spooling_write(*state, "index.db", early, (size_t)st.st_size);
	s = spooling_open(*state, SPOOL_READ);
	assert_int_equal(spool_head(s).seq, 5);
	spool_close(s);
	expect_fault(*state, "ends at line 4 of 5");
	spool_close(spooling_open(*state, SPOOL_WRITE));
	expect_sound(*state);
	/* away */
	assert_int_equal(unlink(path.at), 0);
	s = spooling_open(*state, SPOOL_READ);
	assert_int_equal(spool_head(s).seq, 5);
	spool_close(s);
	spool_close(spooling_open(*state, SPOOL_WRITE));
	expect_sound(*state);
	buf_free(&path);
	free(early);
}

static void
a_damaged_index_says_what_to_do(void **state)
{
	struct spool_options o = spooling_options(*state, SPOOL_WRITE);
	struct spool *s = NULL;
	struct err e = {0};
	char junk[8192];

	(void)fill(*state);
	memset(junk, 'x', sizeof junk);
	spooling_write(*state, "index.db", junk, sizeof junk);
	assert_false(spool_open(&s, &o, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	assert_non_null(strstr(e.text, "mingpianctl rebuild"));
	spool_close(spooling_open(*state, SPOOL_READ)); /* the log can tell it all */
	spool_close(spooling_open(*state, SPOOL_REBUILD));
	expect_sound(*state);
}

static void
an_index_that_was_edited_is_found(void **state)
{
	struct buf path = BUF_INIT(4096);
	struct sql *q = NULL;
	struct err e = {0};

	(void)fill(*state);
	buf_fmt(&path, "%s/index.db", (char *)*state);
	assert_ok(sql_open(&q, path.at, SQLITE_OPEN_READWRITE, &e), e);
	assert_ok(sql_script(q, "UPDATE registrations SET state = 'withdrawn'", &e), e);
	sql_close(q);
	expect_fault(*state, "table registrations differs from what the log says, at the row T-0001");
	assert_ok(sql_open(&q, path.at, SQLITE_OPEN_READWRITE, &e), e);
	assert_ok(sql_script(q, "UPDATE registrations SET state = 'accepted'; DELETE FROM arrivals", &e), e);
	sql_close(q);
	expect_fault(*state, "table arrivals");
	buf_free(&path);
}

/* ---- files ---- */

static void
changed_bytes_are_found(void **state)
{
	struct hash m = fill(*state), id;
	char *path = path_in(*state, STORE_MAIL, &m);
	struct buf b = BUF_INIT(100);
	struct spool *s;
	struct err e = {0};

	spooling_write("", path, "mail onE", 8);
	s = spooling_open(*state, SPOOL_READ);
	assert_false(spool_mail(s, &m, &b, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	spool_close(s);
	expect_fault(*state, "other bytes than its name says");
	/* nor is it taken for the mail that comes again */
	s = spooling_open(*state, SPOOL_WRITE);
	assert_false(spool_put_mail(s, bytes_str("mail one"), &id, &e));
	assert_int_equal(e.code, ERR_SPOOL);
	spool_close(s);
	buf_free(&b);
	free(path);
}

static void
the_same_bytes_twice_are_one_file(void **state)
{
	struct hash m = fill(*state), again;
	struct spool *s = spooling_open(*state, SPOOL_WRITE);

	again = spooling_mail(s, "mail one");
	assert_string_equal(again.hex, m.hex);
	spool_rollback(s);
	assert_true(there(*state, STORE_MAIL, &m)); /* it was there before the round */
	spool_close(s);
	expect_sound(*state);
}

static void
redacted_is_gone_and_known(void **state)
{
	struct hash m = fill(*state), reading;
	struct query_message *q = NULL;
	struct query_revision *v = NULL;
	struct arena *a = arena_new();
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	struct err e = {0};
	size_t count;

	assert_ok(query_message(spool_index(s), a, m.hex, &q, &e), e);
	assert_true(hash_read(&reading, q->reading));
	assert_ok(spool_redact(s,
	                       json_pack("{s:s, s:s, s:[s, s]}", "event", "redacted", "receipt", "T-0001",
	                                 "files", m.hex, reading.hex),
	                       &e),
	          e);
	assert_false(there(*state, STORE_MAIL, &m));
	assert_false(there(*state, STORE_READ, &reading));
	assert_ok(query_message(spool_index(s), a, m.hex, &q, &e), e);
	assert_null(q->from_addr);
	assert_ok(query_revisions(spool_index(s), a, "T-0001", &v, &count, &e), e);
	assert_null(v->form);
	spool_close(s);
	expect_sound(*state); /* the index made anew, without the files, is the same */
	/* they come back: a backup, a copy */
	spooling_write(*state, "index.db", "", 0);
	{
		char *path = path_in(*state, STORE_MAIL, &m);

		spooling_write("", path, "mail one", 8);
		free(path);
	}
	expect_fault(*state, "it was redacted, and is there still");
	s = spooling_open(*state, SPOOL_REBUILD);
	assert_int_equal(spool_mended(s)->swept, 1);
	/* the sender sends it again: then it is kept again */
	(void)spooling_mail(s, "mail one");
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:s}", "event", "received", "message", m.hex,
	                           "mailbox", "b", "folder", "", "received_at", "2022-06-12T10:00:00+08:00"));
	spooling_commit(s);
	spool_close(s);
	assert_true(there(*state, STORE_MAIL, &m));
	expect_sound(*state);
	arena_free(a);
}

static void
readings_have_salt(void **state)
{
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	json_t *doc = json_pack("{s:s}", "kind", "reading"), *back = NULL;
	struct hash one_id, two_id;
	struct err e = {0};

	assert_ok(spool_put_reading(s, doc, &one_id, &e), e);
	assert_ok(spool_put_reading(s, doc, &two_id, &e), e);
	assert_string_not_equal(one_id.hex, two_id.hex);
	assert_ok(spool_reading(s, &one_id, &back, &e), e);
	assert_int_equal(strlen(json_string_value(json_object_get(back, "salt"))), 32);
	assert_string_equal(json_string_value(json_object_get(back, "kind")), "reading");
	json_decref(back);
	json_decref(doc);
	spool_close(s);
}

/* ---- verify ---- */

static void
an_old_head_is_a_witness(void **state)
{
	static const struct {
		const char *head;
		enum err_code want;
	} bad[] = {{"", ERR_USAGE},
	           {"4", ERR_USAGE},
	           {"x:00", ERR_USAGE},
	           {"4:00", ERR_USAGE},
	           {"-1:", ERR_USAGE}};
	struct verify_options o = {.dir = *state};
	struct verify_result result;
	char head[100];
	struct spool *s;
	size_t count = 0;
	struct err e = {0};

	(void)fill(*state);
	s = spooling_open(*state, SPOOL_WRITE);
	(void)snprintf(head, sizeof head, "%lld:%s", (long long)spool_head(s).seq, spool_head(s).hash.hex);
	spooling_line(s, json_pack("{s:s}", "event", "stopped"));
	spooling_commit(s);
	spool_close(s);
	free(verify(*state, head, &count));
	assert_int_equal(count, 0);
	head[2] = head[2] == '0' ? '1' : '0';
	free(verify(*state, head, &count));
	assert_int_equal(count, 1);
	(void)snprintf(head, sizeof head, "77:%s", HASH_ZERO.hex);
	free(verify(*state, head, &count));
	assert_int_equal(count, 1);
	for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
		o.head = bad[k].head;
		assert_false(verify_spool(&o, note_fault, NULL, NULL, &result, &e));
		assert_int_equal(e.code, bad[k].want);
	}
}

/* Who changes an old line and makes the chain anew behind it: prev of each line becomes true again. */
static void
chain_anew(char *text)
{
	static const char prev[] = "\"prev\":\"";
	struct hash before = HASH_ZERO;

	for (char *line = text, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
		char *at;

		*end = '\0';
		at = strstr(line, prev);
		assert_non_null(at);
		memcpy(at + sizeof prev - 1, before.hex, HASH_HEX);
		before = hash_of(bytes_str(line));
		*end = '\n';
	}
}

static void
a_log_written_anew_is_found(void **state)
{
	struct verify_options o = {.dir = *state, .reply_head = spooling_head, .told = told_head};
	struct hash m = fill(*state);
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	struct log_head head = spool_head(s);
	struct verify_result result;
	struct faults f = {.text = BUF_INIT(1 << 16)};
	struct err e = {0};
	struct hash reply;
	char told[200], *text;

	/* three who remember: a checkpoint, a digest's line, a reply */
	spooling_line(s, json_pack("{s:s, s:I, s:s}", "event", "checkpoint", "head_seq", (json_int_t)head.seq,
	                           "head", head.hash.hex));
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:[]}", "event", "digested", "reply",
	                           "D-20220610", "message", m.hex, "date", "2022-06-10", "head_seq",
	                           (json_int_t)head.seq, "head", head.hash.hex, "codes"));
	(void)snprintf(told, sizeof told, "To: li@city.test\nMessage-ID: <r@own.test>\nLog: %lld:%s",
	               (long long)head.seq, head.hash.hex);
	reply = spooling_mail(s, told);
	spooling_line(s, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "event", "queued", "reply",
	                           "T-0001.2", "message", reply.hex, "to_message", m.hex, "kind", "accepted",
	                           "mailbox", "a@own.test", "state", "due"));
	spooling_commit(s);
	spool_close(s);
	expect_sound(*state);
	assert_ok(verify_spool(&o, note_fault, NULL, &f, &result, &e), e);
	assert_int_equal(result.faults, 0);

	text = spooling_read(*state, "log/2022-06.jsonl");
	*strstr(text, "INBOX") = 'O';
	chain_anew(text);
	spooling_write(*state, "log/2022-06.jsonl", text, strlen(text));
	spooling_write(*state, "index.db", "", 0); /* and lets the index be made anew */
	assert_ok(verify_spool(&o, note_fault, NULL, &f, &result, &e), e);
	assert_int_equal(result.faults, 3);
	assert_non_null(strstr(f.text.at, "checkpoint) tells of line 4"));
	assert_non_null(strstr(f.text.at, "digested) tells of line 4"));
	assert_non_null(strstr(f.text.at, reply.hex));
	assert_non_null(strstr(f.text.at, "the log was written anew since"));
	free(text);
	buf_free(&f.text);
}

/* What a stranger's mail says of our log is nobody's word but his. */
static void
a_strangers_mail_is_no_witness(void **state)
{
	static const char forged[] = "To: a@own.test\nMessage-ID: <r@own.test>\nLog: 2:"
	                             "00000000000000000000000000000000000000000000000000000000000000ff";
	struct verify_options o = {.dir = *state, .reply_head = spooling_head, .told = told_head};
	struct spooling_form f = one;
	struct verify_result result;
	struct faults faults = {.text = BUF_INIT(1 << 16)};
	struct spool *s;
	struct err e = {0};

	(void)fill(*state);
	s = spooling_open(*state, SPOOL_WRITE);
	f.bytes = forged;
	f.receipt = "T-0002";
	f.id = "<mingpian.x@stranger.test>";
	f.uid = 2;
	(void)spooling_record(s, &f);
	spooling_commit(s);
	spool_close(s);
	assert_ok(verify_spool(&o, note_fault, NULL, &faults, &result, &e), e);
	if (result.faults)
		fail_msg("%s", faults.text.at);
	buf_free(&faults.text);
}

/* A month's file that has no true line at all. */
static void
bytes_of_a_month_without_lines_are_found(void **state)
{
	(void)fill(*state);
	spooling_write(*state, "log/2022-07.jsonl", "put there", 9);
	expect_fault(*state, "log/2022-07.jsonl: 9 bytes behind");
}

static void
verify_beside_a_writer(void **state)
{
	const struct timespec tomorrow[2] = {{time(NULL) + 86400, 0}, {time(NULL) + 86400, 0}};
	struct hash id;
	struct spool *s;
	char *path;

	(void)fill(*state);
	s = spooling_open(*state, SPOOL_WRITE);
	id = spooling_mail(s, "waits for its line");
	expect_sound(*state);
	path = path_in(*state, STORE_MAIL, &id);
	assert_int_equal(utimensat(AT_FDCWD, path, tomorrow, 0), 0);
	free(path);
	expect_fault(*state, "no line of the log names it");
	spool_close(s);
}

struct writing {
	struct faults faults; /* first: note_fault()'s */
	struct spool *s;
};

/* While the files are looked at, the daemon goes on. */
static void
write_meanwhile(void *context, size_t done, size_t of)
{
	struct writing *w = context;

	(void)done;
	(void)of;
	spooling_event(w->s, "sent", "T-0001.1", 1);
	spooling_commit(w->s);
}

static void
verify_beside_a_writer_that_writes(void **state)
{
	struct verify_options o = {.dir = *state, .reply_head = spooling_head};
	struct writing w = {.faults.text = BUF_INIT(1 << 16)};
	struct verify_result result;
	struct log_head head;
	struct err e = {0};

	(void)fill(*state);
	w.s = spooling_open(*state, SPOOL_WRITE);
	head = spool_head(w.s);
	assert_ok(verify_spool(&o, note_fault, write_meanwhile, &w, &result, &e), e);
	if (result.faults)
		fail_msg("%s", w.faults.text.at);
	assert_int_equal(result.head.seq, head.seq);
	assert_true(spool_head(w.s).seq > head.seq);
	spool_close(w.s);
	buf_free(&w.faults.text);
}

static void
there_is_room(void **state)
{
	struct spool *s = spooling_open(*state, SPOOL_WRITE);
	struct err e = {0};

	assert_ok(spool_room(s, 1000, &e), e);
	assert_false(spool_room(s, SIZE_MAX / 2, &e));
	assert_int_equal(e.code, ERR_DISK);
	assert_true(spool_free(s) > 0);
	spool_close(s);
}

#define T(f) cmocka_unit_test_setup_teardown(f, spooling_setup, spooling_teardown)

static void
expect_refused(const char *dir, enum spool_mode mode)
{
	struct spool_options o = spooling_options(dir, mode);
	struct spool *s = NULL;
	struct err e = {0};

	assert_false(spool_open(&s, &o, &e));
	assert_int_equal(e.code, ERR_CONFIG);
	assert_non_null(strstr(e.text, "sudo -u '#65534'"));
}

/* Root leaves nothing in another user's spool, where that user could not read it. */
static void
root_writes_in_no_users_spool(void **state)
{
	enum { NOBODY = 65534 };
	const char *dir = *state;
	char lock[200];

	if (geteuid() != 0)
		skip();
	(void)snprintf(lock, sizeof lock, "%s/lock", dir);
	assert_int_equal(chown(dir, NOBODY, NOBODY), 0);
	expect_refused(dir, SPOOL_WRITE); /* before there is anything in it */
	assert_false(spooling_exists(dir, "lock"));
	assert_int_equal(chown(dir, 0, 0), 0);
	spool_close(spooling_open(dir, SPOOL_WRITE));
	assert_int_equal(chown(dir, NOBODY, NOBODY), 0);
	spool_close(
	        spooling_open(dir, SPOOL_WRITE)); /* it is root who writes here, whoever made the folder */
	assert_int_equal(chown(lock, NOBODY, NOBODY), 0);
	expect_refused(dir, SPOOL_WRITE);
	expect_refused(dir, SPOOL_REBUILD);
	expect_refused(dir, SPOOL_RESTORE);
	spool_close(spooling_open(dir, SPOOL_READ)); /* to look is no harm */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(modes_are_private_whatever_the_umask),
	        T(one_writer),
	        T(a_reader_writes_nothing),
	        T(reading_what_is_not_there),
	        T(reading_needs_no_right_to_write),
	        T(an_index_without_room_catches_up),
	        T(a_probe_tells_whether_there_is_room),
	        T(a_round_that_is_dropped_leaves_nothing),
	        T(what_no_line_names_is_set_aside),
	        T(what_the_log_stands_for_goes_from_aside),
	        T(a_strangers_name_stops_nobody),
	        T(what_lies_aside_unreadable_stops_nobody),
	        T(a_torn_copy_replaces_no_whole_one),
	        T(a_newer_log_brings_its_files_back),
	        T(a_torn_end_is_cut_kept_and_logged),
	        T(a_missing_file_is_told),
	        T(an_index_ahead_of_the_log_is_refused),
	        T(a_word_that_was_not_given_opens_nothing),
	        T(a_reply_ahead_of_the_log_is_a_witness),
	        T(an_index_away_or_behind_is_caught_up),
	        T(a_hot_journal_is_rolled_back),
	        T(a_damaged_index_says_what_to_do),
	        T(an_index_that_was_edited_is_found),
	        T(changed_bytes_are_found),
	        T(the_same_bytes_twice_are_one_file),
	        T(redacted_is_gone_and_known),
	        T(readings_have_salt),
	        T(an_old_head_is_a_witness),
	        T(a_log_written_anew_is_found),
	        T(a_strangers_mail_is_no_witness),
	        T(bytes_of_a_month_without_lines_are_found),
	        T(verify_beside_a_writer),
	        T(verify_beside_a_writer_that_writes),
	        T(there_is_room),
	        T(root_writes_in_no_users_spool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
