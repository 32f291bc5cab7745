/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/ocr_ctc.h"

#include "config/mem.h"
#include "config/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLANK = 0,
	PASSED_MAX = 16,
	PLACES_MAX = 512,
	PAIRS_LEAST = 4, /* neighbours of one kind, that tell how far apart they stand, */
	STEPS_LEAST = 3, /* in steps: less is no measure */
};

static const double passed_least = 0.05; /* less is no character that was passed over */
static const double edge = 0.15;         /* of a bracket: half its ink's width, of a character's */
static const double weak_word = 0.8;     /* less is a weak one */
static const double gap_least = 1.55;    /* of the usual distance, and half a step: more is a gap */

/* ---- classes ---- */

/* A stroke of a character that no text holds alone is read for the mark between names. */
static const char *
mended(const char *class)
{
	return strcmp(class, "丶") == 0 ? "、" : class;
}

static void
add(struct ctc_classes *c, const char *class)
{
	c->at[c->count++] = mem_str(mended(class));
}

/* The ASCII character that class i is, be it as wide as a Chinese one; 0: it is none. */
static unsigned char
ascii_of(const struct ctc_classes *c, int i)
{
	struct buf b = BUF_INIT(64);
	unsigned char ch;

	text_halfwidth(&b, c->at[i]);
	ch = b.len == 1 ? (unsigned char)b.at[0] : 0;
	buf_free(&b);
	return ch < 128 ? ch : 0;
}

static int
find(const struct ctc_classes *c, const char *class)
{
	int i = c->count - 1;

	while (i > BLANK && strcmp(c->at[i], class) != 0)
		i--;
	return i;
}

/* A ring of the classes that look the same in bad print. */
static void
ring(struct ctc_classes *c, const char *const *list)
{
	int first = 0, last = 0;

	for (; *list; list++) {
		int i = find(c, *list);

		if (!i)
			continue;
		first = first ? first : i;
		c->twin[last] = i;
		last = i;
	}
	c->twin[last] = first == last ? 0 : first;
	c->twin[BLANK] = 0;
}

static void
find_twins(struct ctc_classes *c)
{
	int first[128] = {0}; /* of each ASCII character */

	for (int i = 0; i < c->count; i++) {
		unsigned char ch = ascii_of(c, i);

		c->twin[i] = first[ch];
		if (ch && !first[ch])
			first[ch] = i;
		else if (ch)
			c->twin[first[ch]] = i;
	}
	ring(c, (const char *const[]){"“", "”", "\"", "＂", NULL});
	ring(c, (const char *const[]){"‘", "’", "'", "＇", NULL});
	ring(c, (const char *const[]){"-", "－", "–", "—", "―", NULL});
}

static void
begin(struct ctc_classes *c)
{
	c->count = 0;
	add(c, "");
}

static void
end(struct ctc_classes *c)
{
	add(c, " ");
	find_twins(c);
}

bool
ctc_load(struct ctc_classes *c, const char *path, struct err *e)
{
	char line[64];
	FILE *f = fopen(path, "re");

	if (!f)
		return err_set(e, ERR_UNSUPPORTED, "cannot read %s", path);
	begin(c);
	while (c->count < CTC_CLASSES_MAX - 1 && fgets(line, sizeof line, f)) {
		line[strcspn(line, "\r\n")] = '\0';
		add(c, line);
	}
	end(c);
	(void)fclose(f);
	return true;
}

void
ctc_classes_of(struct ctc_classes *c, const char *const *list)
{
	begin(c);
	while (*list && c->count < CTC_CLASSES_MAX - 1)
		add(c, *list++);
	end(c);
}

bool
ctc_knows(const struct ctc_classes *c, const char *character)
{
	return find(c, character) > BLANK;
}

void
ctc_free(struct ctc_classes *c)
{
	while (c->count > 0)
		free(c->at[--c->count]);
}

/* ---- decoding ---- */

/* What stands in a line at even distances. */
enum kind {
	KIND_OTHER,
	KIND_CHINESE,
	KIND_DIGIT,
	KIND_OPENING, /* brackets, whose ink is on the side of what they hold; quotes are both */
	KIND_CLOSING,
	KIND_QUOTE,
};

/* A character, and the step at which it is surest. */
struct place {
	enum kind kind;
	int step;
	bool space;
};

/* A run of steps of one class, and what was passed over since the run before. */
struct decoding {
	const struct ctc_classes *c;
	struct ctc_reading r;
	int class;   /* of the run, BLANK before the first */
	double peak; /* its probability where it is surest, its twins' with it */
	struct {
		int class;
		double p;
	} passed[PASSED_MAX];
	int count;
	struct place places[PLACES_MAX];
	int place_count;
	bool weak_many; /* more characters are weak than are told */
};

static bool
is_space(const struct decoding *d, int class)
{
	return strcmp(d->c->at[class], " ") == 0 || strcmp(d->c->at[class], "　") == 0;
}

/* The likeliest class of a step other than the blank. */
static int
best_of(const float *p, int classes)
{
	int best = 1;

	for (int i = 2; i < classes; i++)
		best = p[i] > p[best] ? i : best;
	return best;
}

/* The probability of a class and its twins. */
static double
with_twins(const struct ctc_classes *c, const float *p, int class)
{
	double sum = (double)p[class];

	for (int i = c->twin[class]; i && i != class; i = c->twin[i])
		sum += (double)p[i];
	return sum;
}

static bool
is_same(const struct ctc_classes *c, int x, int y)
{
	int i = c->twin[x];

	while (i && i != x && i != y)
		i = c->twin[i];
	return x == y || (i && i == y);
}

static enum kind
kind_of(const struct decoding *d, int class)
{
	const char *s = d->c->at[class];
	uint32_t c = text_next(&s);

	if (c >= '0' && c <= '9')
		return KIND_DIGIT;
	if (c == '(' || c == 0xFF08 || c == 0x300A || c == 0x3010)
		return KIND_OPENING;
	if (c == ')' || c == 0xFF09 || c == 0x300B || c == 0x3011)
		return KIND_CLOSING;
	if (c == '"' || c == 0x201C || c == 0x201D)
		return KIND_QUOTE;
	return c >= 0x4E00 && c < 0xA000 ? KIND_CHINESE : KIND_OTHER;
}

/* A Chinese character, a digit, a letter. */
static bool
is_word(const struct decoding *d, int class)
{
	unsigned char ch = (unsigned char)d->c->at[class][0];

	enum kind kind = kind_of(d, class);

	return kind == KIND_CHINESE || kind == KIND_DIGIT || (ch >= 'A' && ch <= 'Z') ||
	       (ch >= 'a' && ch <= 'z');
}

static void
note_place(struct decoding *d, int class, int step, bool begins)
{
	if (begins && d->place_count < PLACES_MAX)
		d->place_count++;
	if (d->place_count > 0)
		d->places[d->place_count - 1] = (struct place){kind_of(d, class), step, is_space(d, class)};
}

/* A circle is a degree behind a digit alone (or what parts it from one), and a bar there no Chinese one: it
 * is a dash. */
static const char *
text_of(const struct decoding *d, int class)
{
	const struct place *last = d->place_count > 0 ? &d->places[d->place_count - 1] : NULL;
	enum kind before = last ? last->kind : KIND_OTHER;

	if (last && before != KIND_DIGIT && !last->space && strcmp(d->c->at[class], "°") == 0)
		return "。";
	return before == KIND_DIGIT && strcmp(d->c->at[class], "一") == 0 ? "-" : d->c->at[class];
}

static void
add_weak(struct decoding *d, const char *class)
{
	size_t len = strlen(d->r.weak), n = strlen(class);

	d->weak_many = d->weak_many || len + n >= sizeof d->r.weak;
	if (d->weak_many)
		d->r.weak[0] = '\0';
	else if (!strstr(d->r.weak, class))
		memcpy(d->r.weak + len, class, n + 1);
}

/* A run ends: what was passed over beside it and is neither it nor its neighbour was lost. */
static void
end_run(struct decoding *d, int next)
{
	if (d->class && !is_space(d, d->class))
		d->r.least = fmin(d->r.least, d->peak);
	if (d->class && is_word(d, d->class))
		d->r.least_word = fmin(d->r.least_word, d->peak);
	if (d->class && is_word(d, d->class) && d->peak < weak_word)
		add_weak(d, d->c->at[d->class]);
	else if (d->class && !is_space(d, d->class))
		d->r.least_else = fmin(d->r.least_else, d->peak);
	for (int i = 0; i < d->count; i++) {
		int class = d->passed[i].class;

		if (!is_same(d->c, class, d->class) && !is_same(d->c, class, next) &&
		    d->passed[i].p > d->r.lost)
			d->r.lost = d->passed[i].p;
	}
	d->count = 0;
	d->peak = 0;
	d->class = next;
}

static void
pass(struct decoding *d, int class, double p)
{
	if (p < passed_least || d->count == PASSED_MAX || is_space(d, class))
		return;
	d->passed[d->count].class = class;
	d->passed[d->count++].p = p;
}

static int
by_size(const void *x, const void *y)
{
	return *(const int *)x - *(const int *)y;
}

/* How far apart two neighbours of a kind mostly stand, in steps; 0: too few of them to tell. */
static int
usual_distance(const struct decoding *d, enum kind kind)
{
	int distances[PLACES_MAX], n = 0;

	for (int i = 1; i < d->place_count; i++)
		if (d->places[i].kind == kind && d->places[i - 1].kind == kind)
			distances[n++] = d->places[i].step - d->places[i - 1].step;
	if (n < PAIRS_LEAST)
		return 0;
	qsort(distances, (size_t)n, sizeof *distances, by_size);
	return distances[n / 2];
}

/* Of a character's usual room, the half that it takes towards a neighbour; a bracket's ink there is but its
 * own edge. Less than 0: no gap is looked for on that side. */
static double
half_of(enum kind kind, enum kind side, enum kind of)
{
	if (kind == of)
		return 0.5;
	return of == KIND_CHINESE && (kind == side || kind == KIND_QUOTE) ? edge : -1;
}

static void
find_gaps(struct decoding *d, enum kind kind, int steps)
{
	int usual = usual_distance(d, kind);

	for (int i = 1; usual >= STEPS_LEAST && i < d->place_count && d->r.gap_count < CTC_GAPS_MAX; i++) {
		const struct place *x = &d->places[i - 1], *y = &d->places[i];
		double before = half_of(x->kind, KIND_CLOSING, kind),
		       after = half_of(y->kind, KIND_OPENING, kind);

		if (before >= 0 && after >= 0 && y->step - x->step > usual * gap_least + 0.5)
			d->r.gaps[d->r.gap_count++] =
			        (struct ctc_gap){(x->step + 0.5 + usual * before) / steps,
			                         (y->step + 0.5 - usual * after) / steps};
	}
}

struct ctc_reading
ctc_decode(const struct ctc_classes *c, const float *at, int steps, int classes, struct buf *text)
{
	struct decoding d = {.c = c, .r = {.least = 1, .least_word = 1, .least_else = 1}};
	int last = BLANK;

	if (classes < 2 || classes > c->count)
		return (struct ctc_reading){0};
	for (int t = 0; t < steps; t++) {
		const float *p = at + (size_t)t * (size_t)classes;
		int likely = best_of(p, classes), best = p[likely] > p[BLANK] ? likely : BLANK;

		if (best && best != last) {
			end_run(&d, best);
			buf_str(text, text_of(&d, best));
		}
		if (best && !is_space(&d, best))
			d.r.end = (t + 0.5) / steps;
		if (best) {
			double sure = with_twins(c, p, best);

			if (best != last || sure > d.peak)
				note_place(&d, best, t, best != last);
			d.peak = fmax(d.peak, sure);
		} else {
			pass(&d, likely, p[likely]);
		}
		last = best;
	}
	end_run(&d, BLANK);
	for (int i = d.place_count; i-- > 0;)
		if (!d.places[i].space)
			d.r.begin = (d.places[i].step + 0.5) / steps;
	find_gaps(&d, KIND_CHINESE, steps);
	find_gaps(&d, KIND_DIGIT, steps);
	if (!text->len)
		d.r.least = 0;
	return d.r;
}
