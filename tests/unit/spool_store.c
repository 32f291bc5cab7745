/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: bytes are found again under their hash, once, unchanged or not at all. */
#include "tests/unit/spooling.h"

#include "spool/store.h"

struct fixture {
	int dir;
	struct durable d;
	struct store *s;
};

static void
open_it(struct fixture *f, const char *dir)
{
	struct err e = {0};

	f->d = DURABLE_INIT;
	f->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_ok(store_open(&f->s, f->dir, &f->d, &e), e);
}

static void
close_it(struct fixture *f)
{
	store_close(f->s);
	(void)close(f->dir);
}

static void
put_and_get(void **state)
{
	static const unsigned char nul[] = {'a', 0, 'b'};
	static const struct {
		const char *name;
		struct bytes data;
		enum store_kind kind;
		const char *want_path;
	} rows[] = {
	        {"nothing",
	         {(const unsigned char *)"", 0},
	         STORE_MAIL,
	         "mail/e3/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.eml"},
	        {"abc",
	         {(const unsigned char *)"abc", 3},
	         STORE_READ,
	         "read/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.json"},
	        {"NUL", {nul, sizeof nul}, STORE_MAIL, NULL},
	};
	struct fixture f;
	char path[STORE_PATH_MAX];
	struct hash id, again;
	struct err e = {0};

	open_it(&f, *state);
	for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
		struct buf b = BUF_INIT(100);

		assert_ok(store_put(f.s, rows[k].kind, rows[k].data, &id, &e), e);
		assert_ok(store_put(f.s, rows[k].kind, rows[k].data, &again, &e), e);
		assert_true(hash_equal(&id, &again));
		assert_ok(store_sync(f.s, &e), e);
		assert_true(store_exists(f.s, rows[k].kind, &id));
		assert_false(store_exists(f.s, rows[k].kind == STORE_MAIL ? STORE_READ : STORE_MAIL, &id));
		assert_ok(store_get(f.s, rows[k].kind, &id, &b, &e), e);
		assert_true(bytes_equal(buf_bytes(&b), rows[k].data));
		if (rows[k].want_path)
			assert_string_equal(store_path(rows[k].kind, &id, path), rows[k].want_path);
		buf_free(&b);
	}
	close_it(&f);
}

static void
undo_takes_back_only_what_is_new(void **state)
{
	struct fixture f;
	struct hash old, new;
	struct err e = {0};

	open_it(&f, *state);
	assert_ok(store_put(f.s, STORE_MAIL, BYTES("old", 3), &old, &e), e);
	assert_ok(store_sync(f.s, &e), e);
	store_keep(f.s);
	assert_ok(store_put(f.s, STORE_MAIL, BYTES("old", 3), &old, &e), e);
	assert_ok(store_put(f.s, STORE_MAIL, BYTES("new", 3), &new, &e), e);
	store_undo(f.s);
	assert_true(store_exists(f.s, STORE_MAIL, &old));
	assert_false(store_exists(f.s, STORE_MAIL, &new));
	close_it(&f);
}

static void
what_is_not_there(void **state)
{
	struct hash id = HASH_ZERO;
	struct buf b = BUF_INIT(100);
	struct fixture f;
	struct err e = {0};

	open_it(&f, *state);
	assert_false(store_get(f.s, STORE_MAIL, &id, &b, &e));
	assert_int_equal(e.code, ERR_NOT_FOUND);
	assert_ok(store_remove(f.s, STORE_MAIL, &id, &e), e);
	assert_false(store_sweep(f.s, "log/2022-06.jsonl", &e));
	assert_int_equal(e.code, ERR_SPOOL);
	buf_free(&b);
	close_it(&f);
}

static bool
note_path(void *context, enum store_kind kind, const char *path, const struct hash *id, struct err *e)
{
	(void)kind;
	(void)e;
	buf_fmt(context, "%c%s\n", id ? '+' : '-', path);
	return true;
}

static bool
stop(void *context, enum store_kind kind, const char *path, const struct hash *id, struct err *e)
{
	(void)context;
	(void)kind;
	(void)id;
	return err_set(e, ERR_INTERRUPTED, "%s", path);
}

/* A name is ours only where it is 64 digits with the right ending, in the right directory. */
static void
every_file_is_visited(void **state)
{
	static const char want[] =
	        "-mail/README\n"
	        "-mail/ba/.aside\n"
	        "-mail/ba/BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.eml\n"
	        "+mail/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.eml\n"
	        "-mail/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.json\n"
	        "-mail/ba/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.eml\n";
	static const char *const strays[] = {
	        "mail/README",
	        "mail/ba/.aside",
	        "mail/ba/BA7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.eml",
	        "mail/ba/ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad.json",
	        "mail/ba/e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855.eml",
	};
	struct buf b = BUF_INIT(10000);
	struct fixture f;
	struct hash id;
	struct err e = {0};

	open_it(&f, *state);
	assert_ok(store_put(f.s, STORE_MAIL, BYTES("abc", 3), &id, &e), e);
	for (size_t k = 0; k < sizeof strays / sizeof *strays; k++)
		spooling_write(*state, strays[k], "x", 1);
	assert_ok(store_each(f.s, note_path, &b, &e), e);
	assert_string_equal(b.at, want);
	assert_false(store_each(f.s, stop, NULL, &e));
	assert_int_equal(e.code, ERR_INTERRUPTED);
	for (size_t k = 0; k < sizeof strays / sizeof *strays; k++)
		assert_ok(store_sweep(f.s, strays[k], &e), e);
	buf_clear(&b);
	assert_ok(store_each(f.s, note_path, &b, &e), e);
	assert_int_equal(strlen(b.at), 1 + 76 + 1);
	buf_free(&b);
	close_it(&f);
}

#define T(f) cmocka_unit_test_setup_teardown(f, spooling_setup, spooling_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        T(put_and_get),
	        T(undo_takes_back_only_what_is_new),
	        T(what_is_not_there),
	        T(every_file_is_visited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
