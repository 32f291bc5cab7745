/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a region is known however people write it, and what is not sure gets no code. */
#include "config/buf.h"
#include "config/mem.h"
#include "parsers/region.h"
#include "parsers/region_chain.h"
#include "parsers/region_table.h"
#include "parsers/region_zone.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { COLUMNS_MAX = 8, FAILURES_SHOWN = 40 };

static const char *const verdicts[] = {
        [REGION_NONE] = "none",
        [REGION_KNOWN] = "known",
        [REGION_UNKNOWN] = "unknown",
        [REGION_NOT_ELIGIBLE] = "not_eligible",
};

/* ---- tables in files ---- */

struct table {
	FILE *file;
	char line[4096];
	char *cells[COLUMNS_MAX]; /* "" where the row is shorter */
	int row;
};

static struct table
table_open(const char *path)
{
	struct table t = {.file = fopen(path, "re")};

	if (t.file == NULL)
		fail_msg("no file %s", path);
	assert_non_null(fgets(t.line, sizeof(t.line), t.file));
	return t;
}

static bool
table_next(struct table *t)
{
	char *at = t->line;

	if (fgets(t->line, sizeof(t->line), t->file) == NULL) {
		assert_int_equal(fclose(t->file), 0);
		assert_true(t->row > 0);
		return false;
	}
	t->row++;
	t->line[strcspn(t->line, "\n")] = '\0';
	for (size_t i = 0; i < COLUMNS_MAX; i++)
		t->cells[i] = at != NULL ? strsep(&at, "\t") : &t->line[strlen(t->line)];
	return true;
}

static const char *
hint(const char *cell)
{
	return strcmp(cell, "-") == 0 || *cell == '\0' ? NULL : cell;
}

static int failures;

static void
complain(const char *text, const char *what, const char *got, const char *want)
{
	if (failures++ < FAILURES_SHOWN)
		print_error("%s: %s is %s, want %s\n", text, what, got, want);
}

static void
want_text(const char *text, const char *what, const char *got, const char *want)
{
	if (got == NULL || *got == '\0')
		got = "-";
	if (strcmp(got, want) != 0)
		complain(text, what, got, want);
}

static const char *
code_of(struct arena *a, int row)
{
	return row == ROW_NONE ? "" : arena_fmt(a, "%06u", division_code(row));
}

static const char *
path_of(struct arena *a, int row)
{
	const char *path = division_name(row);

	for (row = division_parent(row); row != ROW_NONE; row = division_parent(row))
		path = arena_fmt(a, "%s%s", division_name(row), path);
	return path;
}

static bool
in_force(int row)
{
	return !division_is(row, ROW_ABOLISHED) && !division_is(row, ROW_FUTURE);
}

/* ---- by example ---- */

static void
test_names(void **state)
{
	struct table t = table_open("tests/files/region/names.tsv");

	(void)state;
	failures = 0;
	while (table_next(&t)) {
		struct arena *a = arena_new();
		struct region_hints hints = {hint(t.cells[1]), hint(t.cells[2]), hint(t.cells[3])};
		struct region r = region_resolve(a, t.cells[0], &hints);

		want_text(t.cells[0], "verdict", verdicts[r.verdict], t.cells[4]);
		want_text(t.cells[0], "code", r.code, t.cells[5]);
		want_text(t.cells[0], "category", region_category_name(r.category), t.cells[6]);
		want_text(t.cells[0], "key", r.key, t.cells[7]);
		arena_free(a);
	}
	assert_int_equal(failures, 0);
}

/* Forms with their lead unit and phone. */
static void
test_corpus(void **state)
{
	struct table t = table_open("tests/files/region/corpus.tsv");

	(void)state;
	failures = 0;
	while (table_next(&t)) {
		struct arena *a = arena_new();
		struct region_hints hints = {hint(t.cells[3]), NULL, hint(t.cells[4])};
		struct region r = region_resolve(a, t.cells[0], &hints);

		want_text(t.cells[0], "code", r.code, t.cells[1]);
		want_text(t.cells[0], "category", region_category_name(r.category), t.cells[2]);
		arena_free(a);
	}
	assert_int_equal(failures, 0);
}

static void
test_one_place_has_one_key(void **state)
{
	struct table t = table_open("tests/files/region/keys.tsv");

	(void)state;
	failures = 0;
	while (table_next(&t)) {
		for (size_t i = 1; i < COLUMNS_MAX && *t.cells[i] != '\0'; i++) {
			struct arena *a = arena_new();

			want_text(t.cells[i], "key", region_resolve(a, t.cells[i], NULL).key, t.cells[0]);
			arena_free(a);
		}
	}
	assert_int_equal(failures, 0);
}

/* What is none of the four kinds, or no place at all: never known, never with a county's code. */
static void
test_tricky(void **state)
{
	struct table t = table_open("tests/files/region/tricky.tsv");

	(void)state;
	failures = 0;
	while (table_next(&t)) {
		struct arena *a = arena_new();
		struct region r = region_resolve(a, t.cells[0], NULL);

		want_text(t.cells[0], "verdict", verdicts[r.verdict], t.cells[1]);
		want_text(t.cells[0], "code", r.code, t.cells[2]);
		assert_true((r.reason != NULL) == (r.verdict == REGION_NOT_ELIGIBLE));
		arena_free(a);
	}
	assert_int_equal(failures, 0);
}

/* ---- by the tables ---- */

static void
expect_division(struct arena *a, const char *text, int row)
{
	struct region r = region_resolve(a, text, NULL);
	const char *code = code_of(a, division_in_force(row));

	want_text(text, "code", r.code, code);
	if (division_level(row) == LEVEL_PROVINCE) {
		want_text(text, "verdict", verdicts[r.verdict], "not_eligible");
		return;
	}
	want_text(text, "verdict", verdicts[r.verdict], "known");
	want_text(text, "category", region_category_name(r.category),
	          division_level(row) == LEVEL_COUNTY    ? "county"
	          : division_is(row, ROW_SUB_PROVINCIAL) ? "sub_provincial"
	                                                 : "prefecture");
	want_text(text, "key", r.key, in_force(row) ? code : arena_fmt(a, "%s %s", code, division_name(row)));
	if (in_force(row))
		want_text(text, "name", r.name, region_full_name(a, code));
}

/* Every row by its whole name, and in short: 江苏苏州昆山. An abolished one whose name and parent its
 * successor has is that one. */
static void
test_every_division(void **state)
{
	(void)state;
	failures = 0;
	for (int row = 0; row < (int)division_count(); row++) {
		struct arena *a = arena_new();
		int now = division_in_force(row), parent = division_parent(row);
		bool same = strcmp(division_name(now), division_name(row)) == 0;

		if (!division_is(row, ROW_FUTURE))
			expect_division(a, path_of(a, row), same ? now : row);
		if (in_force(row) && parent != ROW_NONE && in_force(parent))
			expect_division(a,
			                arena_fmt(a, "%s%s%s",
			                          parent == division_province(row)
			                                  ? ""
			                                  : division_short(division_province(row)),
			                          division_short(parent), division_name(row)),
			                row);
		arena_free(a);
	}
	assert_int_equal(failures, 0);
}

/* A name alone where no other division has it, whole or in short. */
static void
test_unique_names(void **state)
{
	size_t first = 0, tried = 0;

	(void)state;
	failures = 0;
	for (int row = 0; row < (int)division_count(); row++) {
		const char *const names[] = {division_name(row), division_short(row)};

		for (size_t i = 0; in_force(row) && i < 2; i++) {
			struct arena *a = arena_new();

			if (place_find(names[i], strlen(names[i]), &first) == 1) {
				expect_division(a, names[i], row);
				tried++;
			}
			arena_free(a);
		}
	}
	assert_true(tried > 5000);
	assert_int_equal(failures, 0);
}

/* Is text wholly a division, so that as a region it is that? 浦东新区 is a zone, too. */
static bool
is_division(const char *text)
{
	struct chain chain;
	size_t best[CHAIN_STOPS_MAX];

	chain_read(&chain, text, ROW_NONE);
	return chain_best(&chain, true, best) > 0;
}

/* Every zone by its name behind its host, which is given or not; and by each alias. */
static void
test_every_zone(void **state)
{
	struct table t = table_open("parsers/data/zones.tsv");

	(void)state;
	failures = 0;
	while (table_next(&t)) {
		struct arena *a = arena_new();
		char *names = t.cells[3];
		const char *key = region_resolve(a, t.cells[0], NULL).key;

		for (const char *name = t.cells[0]; name != NULL; name = strsep(&names, ",")) {
			struct region r = region_resolve(a, name, NULL);

			if (*name == '\0' || is_division(name))
				continue;
			want_text(name, "verdict", verdicts[r.verdict], "known");
			want_text(name, "category", region_category_name(r.category), "cluster");
			/* lower lists hold national zones again, under shorter names */
			if (r.code[0] != '\0' &&
			    (strcmp(t.cells[1], "local") != 0 || strstr(r.key, t.cells[0])))
				want_text(name, "code", r.code, t.cells[2]);
			if (r.code[0] != '\0' && strchr(key, ' ') != NULL)
				want_text(name, "key", r.key, key);
			if (*t.cells[2] == '\0' || strcmp(t.cells[1], "local") == 0)
				continue;
			r = region_resolve(a, arena_fmt(a, "%s%s", region_full_name(a, t.cells[2]), name),
			                   NULL);
			want_text(name, "code under its host", r.code, t.cells[2]);
			if (strchr(key, ' ') != NULL)
				want_text(name, "key under its host", r.key, key);
		}
		arena_free(a);
	}
	assert_int_equal(failures, 0);
}

static bool
is_zone_elsewhere(struct arena *a, const char *text, int row)
{
	struct chain_stop start = {.rest = text, .row = ROW_NONE};
	int zone = zone_named(a, &start);

	return zone != ROW_NONE && !division_are_related(zone_host(zone), row);
}

/* Zones that no table lists: one key, however the division and the kind are written. */
static void
test_zones_by_pattern(void **state)
{
	size_t tried = 0, first = 0;

	(void)state;
	failures = 0;
	for (int row = 0; row < (int)division_count(); row++) {
		struct arena *a = arena_new();
		const char *name = division_name(row), *brief = division_short(row);
		const char *const texts[] = {
		        arena_fmt(a, "%s金桂产业园", path_of(a, row)),
		        arena_fmt(a, "%s金桂产业园区管委会", name),
		        arena_fmt(a, "%s%s金桂产业园", path_of(a, division_province(row)), name),
		        arena_fmt(a, "%s经济技术开发区", path_of(a, row)),
		        arena_fmt(a, "%s经开区", name),
		        arena_fmt(a, "%s开发区", brief),
		};

		if (in_force(row) && division_level(row) == LEVEL_COUNTY &&
		    place_find(name, strlen(name), &first) == 1 &&
		    place_find(brief, strlen(brief), &first) == 1) {
			struct region want[2] = {region_resolve(a, texts[0], NULL),
			                         region_resolve(a, texts[3], NULL)};

			want_text(texts[0], "code", want[0].code, code_of(a, row));
			for (size_t i = 0; i < 6; i++) {
				struct region r = region_resolve(a, texts[i], NULL);

				want_text(texts[i], "category", region_category_name(r.category), "cluster");
				/* 明水开发区 is 章丘's, not 明水县's */
				if (i < 5 || !is_zone_elsewhere(a, texts[i], row))
					want_text(texts[i], "key", r.key, want[i / 3].key);
			}
			tried++;
		}
		arena_free(a);
	}
	assert_true(tried > 2000);
	assert_int_equal(failures, 0);
}

/* ---- what is none ---- */

/* DIVISION + end is not eligible, whatever stands before it, and has no code. */
static void
test_not_eligible_behind_any_division(void **state)
{
	static const char *const ends[] = {
	        "金桂纺织机械有限公司",
	        "金桂集团",
	        "城关镇",
	        "石榴乡",
	        "和平街道",
	        "新华街道办事处",
	        "石榴村",
	        "金桂社区",
	        "第二棉纺厂",
	        "工业协会",
	        "石榴镇人民政府",
	        "石榴村委会",
	        "金桂研究院",
	        "新兴股份有限公司北京分公司",
	};
	enum { ENDS = sizeof(ends) / sizeof(*ends) };
	size_t tried = 0;

	(void)state;
	failures = 0;
	for (int row = 0; row < (int)division_count(); row++) {
		struct arena *a = arena_new();
		const char *end = ends[row % ENDS];
		const char *const texts[] = {
		        arena_fmt(a, "%s%s", path_of(a, row), end),
		        arena_fmt(a, "%s%s", division_name(row), end),
		        arena_fmt(a, "%s%s", division_short(row), end),
		};

		for (size_t i = 0; i < 3; i++, tried++) {
			struct region r = region_resolve(a, texts[i], NULL);

			want_text(texts[i], "verdict", verdicts[r.verdict], "not_eligible");
			want_text(texts[i], "code", r.code, "-");
		}
		arena_free(a);
	}
	assert_true(tried > 9000);
	assert_int_equal(failures, 0);
}

/* Places that do not exist, under whole parents that do. */
static void
test_invented(void **state)
{
	static const char *const invented[] = {"金桂市", "鸬鹚县", "石榴园区县", "喜鹊旗", "白鹭湖区"};

	(void)state;
	failures = 0;
	for (int row = 0; row < (int)division_count(); row++) {
		struct arena *a = arena_new();
		const char *text = arena_fmt(a, "%s%s", path_of(a, row), invented[row % 5]);
		struct region r = region_resolve(a, text, NULL);

		want_text(text, "verdict", verdicts[r.verdict], "unknown");
		want_text(text, "code", r.code, "-");
		arena_free(a);
	}
	assert_int_equal(failures, 0);
}

/* A name that several have: it is a division, and no code more than what holds them all. */
static void
test_ambiguous(void **state)
{
	size_t tried = 0;

	(void)state;
	failures = 0;
	for (size_t i = 0; i < place_count(); i++) {
		struct region_name name = place_at(i);
		struct arena *a = arena_new();
		struct region r = region_resolve(a, name.text, NULL);
		int got =
		        r.code[0] != '\0' ? division_by_code((unsigned)strtoul(r.code, NULL, 10)) : ROW_NONE;
		size_t first = 0, count = place_find(name.text, strlen(name.text), &first);

		for (size_t k = first; count > 1 && k < first + count; k++) {
			struct region_name other = place_at(k);

			if (got == ROW_NONE || !in_force(other.row) ||
			    (name.kind == NAME_SHORT && (division_level(got) == LEVEL_PROVINCE ||
			                                 division_is(got, ROW_SUB_PROVINCIAL))) ||
			    division_is_within(other.row, got) || other.kind != name.kind)
				continue;
			complain(name.text, "code", r.code, "none");
		}
		tried += count > 1;
		arena_free(a);
	}
	assert_true(tried > 400);
	assert_int_equal(failures, 0);
}

/* One wrong character anywhere in a whole name: the right code, or what holds it, or none. */
static void
test_near_misses(void **state)
{
	static const char wrong[] = "\xe5\x9b\x8d"; /* 囍: in no name */
	size_t right = 0;

	(void)state;
	failures = 0;
	for (int row = 0; row < (int)division_count(); row += 3) {
		struct arena *a = arena_new();
		char *text = arena_str(a, path_of(a, row));

		for (size_t i = 0; in_force(row) && i < strlen(text); i += 3) {
			char kept[3];
			struct region r;

			(void)memcpy(kept, text + i, 3);
			for (size_t k = 0; k < 3; k++)
				text[i + k] = wrong[k];
			r = region_resolve(a, text, NULL);
			if (r.code[0] != '\0' &&
			    !division_is_within(row, division_by_code((unsigned)strtoul(r.code, NULL, 10))))
				complain(text, "code", r.code, code_of(a, row));
			right += strcmp(r.code, code_of(a, row)) == 0;
			(void)memcpy(text + i, kept, 3);
		}
		arena_free(a);
	}
	assert_true(right > 2000);
	assert_int_equal(failures, 0);
}

/* The lead unit decides between all that share a name. */
static void
test_lead_unit_decides(void **state)
{
	static const char *const names[] = {"鼓楼区", "市中区", "新华区", "城区",
	                                    "朝阳区", "铁西区", "桥西区"};

	(void)state;
	failures = 0;
	for (int row = 0; row < (int)division_count(); row++) {
		for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
			struct arena *a = arena_new();
			const char *unit = arena_fmt(a, "%s%s工业和信息化局",
			                             division_level(row) == LEVEL_COUNTY
			                                     ? division_name(division_parent(row))
			                                     : "",
			                             division_name(row));
			struct region_hints hints = {.lead_unit = unit};

			if (in_force(row) && strcmp(division_name(row), names[i]) == 0)
				want_text(unit, "code", region_resolve(a, names[i], &hints).code,
				          code_of(a, row));
			arena_free(a);
		}
	}
	assert_int_equal(failures, 0);
}

/* Cut anywhere, or with any byte in it, text is answered and nothing is read beyond it. */
static void
test_any_bytes(void **state)
{
	static const char *const texts[] = {
	        "江苏省苏州市昆山市经济技术开发区（国家级）管委会",
	        "国家新型工业化产业示范基地（装备制造·江苏徐州经开区）",
	        "兵团第十一师、第8师石河子市143团",
	        "黄埔区、广州开发区(((",
	};
	unsigned seed = 20220630;

	(void)state;
	for (size_t t = 0; t < sizeof(texts) / sizeof(*texts); t++) {
		for (size_t i = 0; i <= strlen(texts[t]); i++) {
			struct arena *a = arena_new();
			char *cut = arena_dup0(a, texts[t], i), *torn = arena_str(a, texts[t] + i);
			struct region_hints hints = {cut, torn, cut};

			(void)region_resolve(a, cut, &hints);
			(void)region_resolve(a, torn, NULL);
			for (int k = 0; k < 4 && *torn != '\0'; k++) {
				seed = seed * 1103515245 + 12345;
				torn[(seed >> 8) % strlen(torn)] = (char)(1 + (seed >> 16) % 255);
			}
			(void)region_resolve(a, torn, &hints);
			arena_free(a);
		}
	}
}

/* A text without end is answered, too. */
static void
test_long_text(void **state)
{
	struct arena *a = arena_new();
	char *text = arena_alloc(a, 3, 20001);

	(void)state;
	for (size_t i = 0; i < 20000; i += 2)
		for (size_t k = 0; k < strlen("吉林"); k++)
			text[3 * i + k] = "吉林"[k];
	assert_int_equal(region_resolve(a, text, NULL).verdict, REGION_UNKNOWN);
	arena_free(a);
}

/* A key is for a line of the log: bounded, and still another one for another text. */
static void
test_long_key(void **state)
{
	struct arena *a = arena_new();
	struct buf b = BUF_INIT(1 << 20);
	struct region one, other;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_str(&b, "昆金桂");
	one = region_resolve(a, b.at, NULL);
	buf_str(&b, "甲");
	other = region_resolve(a, b.at, NULL);
	assert_true(strlen(one.key) <= REGION_KEY_MAX && strlen(other.key) <= REGION_KEY_MAX);
	assert_string_not_equal(one.key, other.key);
	assert_memory_equal(one.key, other.key, 100);
	assert_string_equal(region_resolve(a, "金桂县喜鹊乡北", NULL).key, "金桂县喜鹊乡北");
	buf_free(&b);
	arena_free(a);
}

static void
test_nothing(void **state)
{
	static const char *const texts[] = {NULL, "",     "  ",       "　",
	                                    "——", "（）", "XX省XX市", "××省××市××区、县（市）"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct arena *a = arena_new();
		struct region r = region_resolve(a, texts[i], NULL);

		if (i + 1 < sizeof(texts) / sizeof(*texts)) {
			assert_int_equal(r.verdict, REGION_NONE);
			assert_null(r.key);
		}
		assert_string_equal(r.code, "");
		arena_free(a);
	}
}

static void
test_dial_codes(void **state)
{
	static const struct {
		const char *code;
		bool want;
		int want_digits;
	} rows[] = {
	        {"010", true, 8},  {"0512", true, 8},  {"0816", true, 7},   {"0378", true, 0},
	        {"026", false, 0}, {"0200", false, 0}, {"512", false, 0},   {"", false, 0},
	        {"0", false, 0},   {"01", false, 0},   {"05120", false, 0}, {"0a12", false, 0},
	        {"0979", true, 7}, {"029", true, 8},   {"0992", true, 7},   {"0000", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int digits = 0;

		assert_int_equal(region_dial_code(rows[i].code, &digits), rows[i].want);
		assert_int_equal(digits, rows[i].want_digits);
		assert_int_equal(region_dial_code(rows[i].code, NULL), rows[i].want);
	}
}

/* What a bare local number of a region most likely lacks. */
static void
test_dial_of(void **state)
{
	static const struct {
		const char *code, *want;
		size_t digits;
	} rows[] = {
	        {"420804", "0724", 7}, {"320583", "0512", 8}, {"320583", NULL, 7},   {"110105", "010", 8},
	        {"310115", "021", 8},  {"659001", "0993", 7}, {"429004", "0728", 7}, {"320000", NULL, 8},
	        {"999999", NULL, 8},   {"", NULL, 8},
	};
	struct arena *a = arena_new();

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *got = region_dial_of(a, rows[i].code, rows[i].digits);

		if (strcmp(got ? got : "-", rows[i].want ? rows[i].want : "-") != 0)
			fail_msg("%s: %s, should be %s", rows[i].code, got ? got : "-",
			         rows[i].want ? rows[i].want : "-");
	}
	arena_free(a);
}

static void
test_full_name(void **state)
{
	struct arena *a = arena_new();

	(void)state;
	assert_string_equal(region_full_name(a, "320583"), "江苏省苏州市昆山市");
	assert_string_equal(region_full_name(a, "110105"), "北京市朝阳区");
	assert_string_equal(region_full_name(a, "130502"), "河北省邢台市襄都区");
	assert_null(region_full_name(a, "320684"));
	assert_null(region_full_name(a, "32058"));
	assert_null(region_full_name(a, "3205831"));
	assert_null(region_full_name(a, "32058x"));
	assert_null(region_full_name(a, ""));
	assert_null(region_category_name(REGION_NO_CATEGORY));
	arena_free(a);
}

static bool
lacks_rare(const char *name)
{
	return strstr(name, "沚") || strstr(name, "鄠") || strstr(name, "昆");
}

/* A name that the engine cannot read is the only one that the reading can mean; else it stays as it is. */
static void
test_misread(void **state)
{
	static const struct {
		const char *text, *written, *name;
	} rows[] = {
	        {"安徽省芜湖市湾淀区", "湾淀区", "湾沚区"},
	        {"陕西省西安市邑区", "邑区", "鄠邑区"},
	        {"安徽省芜湖市湾沚区", NULL, NULL},
	        {"安徽省芜湖市湾江区", "湾江区", "湾沚区"}, /* 鸠江区 could have been read */
	        {"江苏省徐州市邳市", NULL, NULL},           /* 邳 can be read */
	        {"江苏省苏州市昆区", NULL, NULL},           /* too little is left of it */
	        {"湾淀区", NULL, NULL},                     /* of which city? */
	        {"", NULL, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *written = NULL, *name = NULL;

		if (region_misread(rows[i].text, lacks_rare, &written, &name) != (rows[i].name != NULL))
			fail_msg("%s: not %s", rows[i].text, rows[i].name ? rows[i].name : "left alone");
		if (rows[i].name) {
			assert_string_equal(written, rows[i].written);
			assert_string_equal(name, rows[i].name);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_names),
	        cmocka_unit_test(test_corpus),
	        cmocka_unit_test(test_one_place_has_one_key),
	        cmocka_unit_test(test_tricky),
	        cmocka_unit_test(test_every_division),
	        cmocka_unit_test(test_unique_names),
	        cmocka_unit_test(test_every_zone),
	        cmocka_unit_test(test_zones_by_pattern),
	        cmocka_unit_test(test_not_eligible_behind_any_division),
	        cmocka_unit_test(test_invented),
	        cmocka_unit_test(test_ambiguous),
	        cmocka_unit_test(test_near_misses),
	        cmocka_unit_test(test_lead_unit_decides),
	        cmocka_unit_test(test_any_bytes),
	        cmocka_unit_test(test_long_text),
	        cmocka_unit_test(test_long_key),
	        cmocka_unit_test(test_nothing),
	        cmocka_unit_test(test_dial_codes),
	        cmocka_unit_test(test_dial_of),
	        cmocka_unit_test(test_full_name),
	        cmocka_unit_test(test_misread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
