/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Goal: a table of probabilities becomes the text that stands in it, and says truly how sure it is. */
#include "parsers/ocr_ctc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Classes: 0 the blank, these, the space. */
enum { COMMA = 1, WIDE_COMMA, PEI, DENG, STOP, SPACE, CLASSES, STEPS_MAX = 8 };

static const char *const list[] = {",", "，", "邳", "邓", "丶", NULL};

/* One class of a step and its probability; the second likeliest has what is named, the blank the rest. */
struct step {
	int class;
	float p;
	int second;
	float q;
};

static const struct {
	const char *name, *want;
	struct step steps[STEPS_MAX];
	int count;
	double least, lost;
} rows[] = {
        {"repeats are one character", "邳", {{PEI, 0.9F, 0, 0}, {PEI, 0.8F, 0, 0}}, 2, 0.9, 0},
        {"a blank parts two", "邳邳", {{PEI, 0.9F, 0, 0}, {0, 1, 0, 0}, {PEI, 0.8F, 0, 0}}, 3, 0.8, 0},
        {"as sure as at its surest step", "邳", {{PEI, 0.5F, DENG, 0.2F}, {PEI, 0.97F, 0, 0}}, 2, 0.97, 0},
        {"as sure as its least sure character",
         "邳邓",
         {{PEI, 0.9F, 0, 0}, {DENG, 0.6F, PEI, 0.3F}},
         2,
         0.6,
         0},
        {"which width is no doubt", "，", {{WIDE_COMMA, 0.55F, COMMA, 0.4F}}, 1, 0.95, 0},
        {"a space is none either",
         "邳 邳",
         {{PEI, 0.9F, 0, 0}, {SPACE, 0.6F, 0, 0}, {PEI, 0.9F, 0, 0}},
         3,
         0.9,
         0},
        {"what was passed over", "邳", {{PEI, 0.9F, 0, 0}, {0, 0.6F, DENG, 0.4F}, {0, 1, 0, 0}}, 3, 0.9, 0.4},
        {"a neighbour's foot was not",
         "邳，",
         {{PEI, 0.9F, 0, 0}, {0, 0.6F, PEI, 0.4F}, {0, 0.6F, COMMA, 0.4F}, {WIDE_COMMA, 1, 0, 0}},
         4,
         0.9,
         0},
        {"a lone stroke is a mark", "、", {{STOP, 0.9F, 0, 0}}, 1, 0.9, 0},
        {"nothing is not sure", "", {{0, 1, 0, 0}}, 1, 0, 0},
        {"no steps", "", {{0}}, 0, 0, 0},
};

static void
test_decode(void **state)
{
	static struct ctc_classes classes;

	(void)state;
	ctc_classes_of(&classes, list);
	assert_int_equal(classes.count, CLASSES);
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		float at[STEPS_MAX][CLASSES] = {{0}};
		struct buf text = BUF_INIT(CTC_TEXT_MAX);
		struct ctc_reading r;

		for (int t = 0; t < rows[i].count; t++) {
			const struct step *s = &rows[i].steps[t];

			at[t][0] = 1 - s->p - s->q;
			if (s->second)
				at[t][s->second] = s->q;
			at[t][s->class] = s->p;
		}
		r = ctc_decode(&classes, &at[0][0], rows[i].count, CLASSES, &text);
		if (strcmp(text.len ? text.at : "", rows[i].want) != 0)
			fail_msg("%s: %s, wanted %s", rows[i].name, text.len ? text.at : "nothing",
			         rows[i].want);
		if (r.least - rows[i].least > 1e-4 || rows[i].least - r.least > 1e-4)
			fail_msg("%s: least %.3f, wanted %.3f", rows[i].name, r.least, rows[i].least);
		if (r.lost - rows[i].lost > 1e-4 || rows[i].lost - r.lost > 1e-4)
			fail_msg("%s: lost %.3f, wanted %.3f", rows[i].name, r.lost, rows[i].lost);
		buf_free(&text);
	}
	ctc_free(&classes);
}

/* A stroke that may be one of two is read by what stands before it. Each stands behind the first character,
 * then behind the second. */
static void
test_by_the_one_before(void **state)
{
	static const struct {
		const char *characters[4], *want;
	} strokes[] = {
	        {{"邳", "3", "°", NULL}, "邳。3°"},  /* a sentence's end; a degree */
	        {{"%", "3", "°", NULL}, "%。3°"},    /* the same */
	        {{"第", "5", "一", NULL}, "第一5-"}, /* a number; a dash */
	};
	static const float at[4][5] = {{[1] = 1}, {[3] = 1}, {[2] = 1}, {[3] = 1}};

	(void)state;
	for (size_t i = 0; i < sizeof strokes / sizeof *strokes; i++) {
		struct ctc_classes classes = {0};
		struct buf text = BUF_INIT(CTC_TEXT_MAX);

		ctc_classes_of(&classes, strokes[i].characters);
		(void)ctc_decode(&classes, &at[0][0], 4, classes.count, &text);
		assert_string_equal(text.at, strokes[i].want);
		buf_free(&text);
		ctc_free(&classes);
	}
}

/* A mark may be less sure than the words around it. */
static void
test_words(void **state)
{
	static struct ctc_classes classes;
	static const float at[3][CLASSES] = {
	        {[PEI] = 0.9F, [DENG] = 0.1F}, {[STOP] = 0.6F, [0] = 0.4F}, {[0] = 1}};
	struct buf text = BUF_INIT(CTC_TEXT_MAX);
	struct ctc_reading r;

	(void)state;
	ctc_classes_of(&classes, list);
	r = ctc_decode(&classes, &at[0][0], 3, CLASSES, &text);
	assert_true(r.least > 0.59 && r.least < 0.61);
	assert_true(r.least_word > 0.89 && r.least_word < 0.91);
	buf_free(&text);
	ctc_free(&classes);
}

/* What is no mark and less sure than a word should be is told, once; and how sure the rest is. */
static void
test_weak(void **state)
{
	static struct ctc_classes classes;
	static const float at[5][CLASSES] = {{[PEI] = 0.7F, [DENG] = 0.3F},
	                                     {[DENG] = 0.9F, [0] = 0.1F},
	                                     {[STOP] = 0.6F, [0] = 0.4F},
	                                     {[PEI] = 0.6F, [DENG] = 0.4F},
	                                     {[0] = 1}};
	struct buf text = BUF_INIT(CTC_TEXT_MAX);
	struct ctc_reading r;

	(void)state;
	ctc_classes_of(&classes, list);
	r = ctc_decode(&classes, &at[0][0], 5, CLASSES, &text);
	assert_string_equal(r.weak, classes.at[PEI]);
	assert_true(r.least_else > 0.59 && r.least_else < 0.61);
	assert_true(r.least_word > 0.59 && r.least_word < 0.61);
	buf_free(&text);
	ctc_free(&classes);
}

/* More than are worth to be told. */
static void
test_weak_many(void **state)
{
	enum { MANY = 8 };
	static const char *const many[MANY + 1] = {"睢", "赉", "鲅", "盂", "邳", "邓", "畲", "晔", NULL};
	static struct ctc_classes classes;
	static float at[MANY][MANY + 2];
	struct buf text = BUF_INIT(CTC_TEXT_MAX);

	(void)state;
	ctc_classes_of(&classes, many);
	for (int i = 0; i < MANY; i++)
		at[i][i + 1] = 0.7F;
	assert_string_equal(ctc_decode(&classes, &at[0][0], 3, MANY + 2, &text).weak, "睢赉鲅");
	assert_string_equal(ctc_decode(&classes, &at[0][0], MANY, MANY + 2, &text).weak, "");
	buf_free(&text);
	ctc_free(&classes);
}

/* Where the first and the last character stand; a space is none. */
static void
test_end(void **state)
{
	static struct ctc_classes classes;
	static const float at[4][CLASSES] = {{[PEI] = 1}, {[DENG] = 1}, {[SPACE] = 1}, {[0] = 1}};
	struct buf text = BUF_INIT(CTC_TEXT_MAX);
	struct ctc_reading r;

	(void)state;
	ctc_classes_of(&classes, list);
	r = ctc_decode(&classes, &at[0][0], 4, CLASSES, &text);
	assert_true(r.begin > 0.124 && r.begin < 0.126);
	assert_true(r.end > 0.374 && r.end < 0.376);
	buf_free(&text);
	ctc_free(&classes);
}

/* Characters at these steps, a digit or a letter where it is one: where is more room than elsewhere? */
static void
test_gaps(void **state)
{
	enum { ROWS = 10, STEPS = 64, CHARACTERS = 9 };
	static const char *const characters[] = {"邳", "邓", "7", "8", "、", "m", "）", "“", NULL};
	static const struct {
		const char *name;
		int class[CHARACTERS], step[CHARACTERS], count, gaps;
		double from, to; /* steps, of the first gap */
	} gaps[ROWS] = {
	        {"even", {1, 2, 1, 2, 1, 2}, {2, 7, 12, 18, 23, 28}, 6, 0, 0, 0},
	        {"a mark was lost", {1, 2, 1, 2, 1, 2}, {2, 7, 12, 22, 27, 32}, 6, 1, 15, 20},
	        {"a mark was read", {1, 2, 1, 5, 2, 1, 2}, {2, 7, 12, 16, 22, 27, 32}, 7, 0, 0, 0},
	        {"a space was read", {1, 2, 1, 9, 2, 1, 2}, {2, 7, 12, 16, 22, 27, 32}, 7, 0, 0, 0},
	        {"a digit was lost", {3, 4, 3, 4, 3, 4, 3}, {2, 5, 8, 14, 17, 20, 23}, 7, 1, 10, 13},
	        {"a mark behind a bracket was lost",
	         {1, 2, 1, 2, 1, 7, 2},
	         {2, 7, 12, 17, 22, 26, 36},
	         7,
	         1,
	         27,
	         34},
	        {"a bracket has room behind it",
	         {1, 2, 1, 2, 1, 7, 2},
	         {2, 7, 12, 17, 22, 26, 32},
	         7,
	         0,
	         0,
	         0},
	        {"a mark before a quote was lost",
	         {1, 2, 1, 2, 1, 8, 2},
	         {2, 7, 12, 17, 22, 32, 36},
	         7,
	         1,
	         25,
	         32},
	        {"behind an opening quote is none", {8, 1, 2, 1, 2, 1}, {2, 6, 11, 16, 21, 26}, 6, 0, 0, 0},
	        {"too few to tell", {1, 2, 1}, {2, 7, 30}, 3, 0, 0, 0},
	};
	static struct ctc_classes classes;

	(void)state;
	ctc_classes_of(&classes, characters);
	for (size_t i = 0; i < ROWS; i++) {
		float at[STEPS][10] = {{0}};
		struct buf text = BUF_INIT(CTC_TEXT_MAX);
		struct ctc_reading r;

		for (int t = 0; t < STEPS; t++)
			at[t][0] = 0.1F;
		for (int k = 0; k < gaps[i].count; k++)
			at[gaps[i].step[k]][gaps[i].class[k]] = 1;
		r = ctc_decode(&classes, &at[0][0], STEPS, classes.count, &text);
		if (r.gap_count != gaps[i].gaps)
			fail_msg("%s: %d gaps, wanted %d", gaps[i].name, r.gap_count, gaps[i].gaps);
		if (r.gap_count > 0) {
			assert_true(r.gaps[0].from * STEPS >= gaps[i].from &&
			            r.gaps[0].from * STEPS <= gaps[i].from + 1);
			assert_true(r.gaps[0].to * STEPS >= gaps[i].to - 1 &&
			            r.gaps[0].to * STEPS <= gaps[i].to + 1);
		}
		buf_free(&text);
	}
	ctc_free(&classes);
}

/* A network whose answer has another width than the dictionary is not believed. */
static void
test_other_dictionary(void **state)
{
	static struct ctc_classes classes;
	static const float at[CLASSES + 1] = {[CLASSES] = 1};
	struct buf text = BUF_INIT(CTC_TEXT_MAX);

	(void)state;
	ctc_classes_of(&classes, list);
	(void)ctc_decode(&classes, at, 1, CLASSES + 1, &text);
	assert_int_equal(text.len, 0);
	buf_free(&text);
	ctc_free(&classes);
}

static void
test_no_dictionary(void **state)
{
	static struct ctc_classes classes;
	struct err e = {0};

	(void)state;
	assert_false(ctc_load(&classes, "/nowhere/keys.txt", &e));
	assert_int_equal(e.code, ERR_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_decode),
	        cmocka_unit_test(test_words),
	        cmocka_unit_test(test_weak),
	        cmocka_unit_test(test_weak_many),
	        cmocka_unit_test(test_by_the_one_before),
	        cmocka_unit_test(test_end),
	        cmocka_unit_test(test_gaps),
	        cmocka_unit_test(test_other_dictionary),
	        cmocka_unit_test(test_no_dictionary),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
