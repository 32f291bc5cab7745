/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/label.h"

#include "config/text.h"

#include <stdlib.h>
#include <string.h>
#include <uchar.h>

enum {
	KEY_MAX = 4 * LABEL_MAX + 1,
	INSIDE_MAX = 8192,
	ENTRIES_MAX = 1024,
	TITLE_MORE = 48,
	EXTRA_INSIDE_MIN = 4,
	EXTRA_MAX = 4,
	SERIAL_DIGITS = 2,
	LATIN_WORD_MIN = 3,
	FOREIGN_MIN = 6 /* characters of another programme's name; a place alone is shorter */
};

struct entry {
	const char *key; /* normal form */
	enum label_kind kind;
	int field;
};

struct labels {
	const struct form *form;
	struct arena *arena;
	struct entry entries[ENTRIES_MAX];
	size_t count;
	const char **titles; /* in the normal form too, NULL-terminated */
	const char **extra;  /* words_label_extra, likewise (参与 holds a 与) */
};

/* ---- the normal form ---- */

static bool
is_one_of(uint32_t c, const char32_t *set)
{
	while (*set && *set != c)
		set++;
	return *set != 0;
}

/* Marks that point at what follows: bullets, arrows, circled numbers, emoji, and what frames them (1️⃣).
 */
static bool
is_pointer(uint32_t c)
{
	return (c && is_one_of(c, U"*#★※•·>》-–—\uFE0F\u20E3")) || (c >= 0x2190 && c <= 0x21FF) ||
	       (c >= 0x2460 && c <= 0x24FF) || (c >= 0x25A0 && c <= 0x27BF) || (c >= 0x2B00 && c <= 0x2BFF) ||
	       (c >= 0x1F000 && c <= 0x1FAFF);
}

static const char *
skip_pointers(const char *s)
{
	const char *at = s;

	while (is_pointer(text_next(&at)))
		s = at;
	return s;
}

/* Behind a numbering that begins folded text: 一、 1. (1) （一） ①, a serial number alone; and marks that
 * point at it. */
static const char *
skip_numbering(const char *s)
{
	static const char32_t numbers[] = U"0123456789一二三四五六七八九十";
	const char *behind = s = skip_pointers(s);
	size_t digits = strspn(s, "0123456789");
	uint32_t c = text_next(&s);
	bool open = c == '(';

	if (open)
		c = text_next(&s);
	if (!c || !is_one_of(c, numbers))
		return behind;
	while (c && is_one_of(c, numbers))
		c = text_next(&s);
	if (open ? c == ')' : c && is_one_of(c, U".、)）．"))
		return s;
	return digits && digits <= SERIAL_DIGITS ? skip_pointers(behind + digits) : behind;
}

/* Folded text into the normal form. bare: what stands in brackets is left out, else only they are. */
static void
normal(struct buf *b, const char *folded, bool bare)
{
	const char *s = skip_numbering(folded);
	int depth = 0;
	uint32_t c;

	while ((c = text_next(&s))) {
		if (is_one_of(c, U"([{〔") || (c == 0x3010 && b->len)) {
			depth++;
		} else if (is_one_of(c, U")]}〕") || (c == 0x3011 && depth)) {
			depth -= depth > 0;
		} else if (depth && bare) {
			continue;
		} else if (is_one_of(c, U"、/和与及或&+,，")) {
			if (b->len < 3 || strncmp(b->at + b->len - 3, "及", 3) != 0)
				buf_str(b, "及");
		} else if (!is_one_of(c, U":：【】《》\"“”*★※.。;；_")) {
			text_put(b, c);
		}
	}
}

/* text in the normal form into key. */
static void
normal_into(char key[KEY_MAX], const char *text, bool bare)
{
	struct buf folded = BUF_INIT(KEY_MAX - 1);
	struct buf b = BUF_INIT(KEY_MAX - 1);

	text_fold(&folded, text);
	normal(&b, folded.at ? folded.at : "", bare);
	if (b.len)
		memcpy(key, b.at, b.len);
	key[b.len] = '\0';
	buf_free(&folded);
	buf_free(&b);
}

static const char *
normal_of(struct arena *a, const char *text)
{
	char key[KEY_MAX];

	normal_into(key, text, false);
	return arena_str(a, key);
}

/* ---- the list of labels ---- */

/* By their keys; where one stands twice, as they were put in: a field's own label comes first. */
static int
compare(const void *x, const void *y)
{
	const struct entry *a = x;
	const struct entry *b = y;
	int by_key = strcmp(a->key, b->key);

	return by_key ? by_key : (int)a->kind - (int)b->kind;
}

static void
add(struct labels *l, const char *text, enum label_kind kind, int field)
{
	if (l->count < ENTRIES_MAX)
		l->entries[l->count++] = (struct entry){normal_of(l->arena, text), kind, field};
}

/* The words of a list in the normal form, behind first where that is not NULL. */
static const char **
normal_list(struct arena *a, const char *first, form_list words)
{
	size_t count = 0;
	size_t n = 0;
	const char **list = NULL;

	while (words[count])
		count++;
	list = arena_alloc(a, count + 2, sizeof *list);
	if (first)
		list[n++] = normal_of(a, first);
	for (; *words; words++) {
		list[n] = normal_of(a, *words);
		n += *list[n] != '\0'; /* a mark alone is nothing there */
	}
	list[n] = NULL;
	return list;
}

static struct labels *
labels_new(struct arena *a, const struct form *f)
{
	struct labels *l = arena_alloc(a, 1, sizeof *l);

	l->form = f;
	l->arena = a;
	for (size_t i = 0; i < f->field_count; i++) {
		add(l, f->fields[i].label, LABEL_FIELD, (int)i);
		for (form_list s = f->fields[i].synonyms; *s; s++)
			add(l, *s, LABEL_FIELD, (int)i);
		for (form_list s = f->fields[i].parts; *s; s++)
			add(l, *s, LABEL_PART, (int)i);
	}
	for (form_list s = f->words_other_label; *s; s++)
		add(l, *s, LABEL_OTHER, -1);
	qsort(l->entries, l->count, sizeof *l->entries, compare);
	l->titles = normal_list(a, f->title, f->titles);
	l->extra = normal_list(a, NULL, f->words_label_extra);
	return l;
}

static void
drop(void *labels)
{
	arena_free(((struct labels *)labels)->arena);
}

const struct labels *
labels_of(struct arena *a, const struct form *f)
{
	if (!f->kept)
		return labels_new(a, f);
	if (!f->kept->what)
		*f->kept = (struct form_kept){labels_new(arena_new(), f), drop};
	return f->kept->what;
}

/* ---- matching ---- */

/* Equal but for one character of the same length in characters. */
static bool
nearly(const char *x, const char *y)
{
	size_t count = text_count(x);
	int wrong = 0;

	if (count < 4 || text_count(y) != count)
		return false;
	while (*x)
		wrong += text_next(&x) != text_next(&y);
	return wrong <= 1;
}

static const struct entry *
find(const struct labels *l, const char *key, bool ocr)
{
	size_t from = 0;
	size_t to = l->count;

	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (strcmp(l->entries[mid].key, key) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	if (from < l->count && strcmp(l->entries[from].key, key) == 0)
		return &l->entries[from];
	for (size_t i = 0; ocr && i < l->count; i++)
		if (nearly(l->entries[i].key, key))
			return &l->entries[i];
	return NULL;
}

/* The same with words that change nothing taken off at both ends, `more` of them at most. */
static const struct entry *
find_without_extra(const struct labels *l, struct bytes key, int more, bool ocr)
{
	char word[KEY_MAX];
	const struct entry *e = NULL;

	if (!key.len)
		return NULL;
	memcpy(word, key.at, key.len);
	word[key.len] = '\0';
	e = find(l, word, ocr);
	for (const char **x = l->extra; *x && !e && more; x++) {
		size_t len = strlen(*x);

		if (bytes_begin(key, *x))
			e = find_without_extra(l, BYTES(key.at + len, key.len - len), more - 1, ocr);
		if (!e && bytes_end(key, *x))
			e = find_without_extra(l, BYTES(key.at, key.len - len), more - 1, ocr);
	}
	return e;
}

/* The same with those words taken out wherever they stand (牵头负责单位); what is left must be long. */
static const struct entry *
find_around_extra(const struct labels *l, const char *key)
{
	struct buf b = BUF_INIT(4 * LABEL_MAX);
	const struct entry *e = NULL;
	const char **any = l->extra;

	while (*any && !strstr(key, *any))
		any++;
	if (!*any)
		return NULL;
	while (*key) {
		const char *at = key;

		for (const char **x = l->extra; *x && key == at; x++)
			if (strncmp(key, *x, strlen(*x)) == 0)
				key += strlen(*x);
		if (key == at) {
			(void)text_next(&key);
			buf_add(&b, at, (size_t)(key - at));
		}
	}
	if (b.len && text_count(b.at) >= EXTRA_INSIDE_MIN)
		e = find(l, b.at, false);
	buf_free(&b);
	return e;
}

/* 联系人及联系电话: two labels in one; of one field, they are one label. */
static bool
find_both(const struct labels *l, const char *key, struct label *out)
{
	static const char and[] = "及";
	const char *at = key;

	while ((at = strstr(at, and))) {
		char first[KEY_MAX] = "";
		const struct entry *x = NULL;
		const struct entry *y = find(l, at + strlen(and), false);

		memcpy(first, key, (size_t)(at - key));
		x = find(l, first, false);
		at += strlen(and);
		if (x && y && x->field >= 0 && y->field >= 0) {
			int second = x->field == y->field ? -1 : y->field;

			/* 职务及电话: the person stands elsewhere */
			*out = (struct label){
			        second < 0 ? LABEL_FIELD : x->kind, x->field, second, NULL, false, false};
			return true;
		}
	}
	return false;
}

/* 联系电话 Tel.: take Latin words out of a key in its normal form. False: none stands there, or nothing
 * else; XX is no word. */
static bool
without_latin(char *key)
{
	char *to = key;
	bool word = false;
	int letters = 0;

	for (const char *s = key; *s; s++) {
		if ((*s >= 'a' && *s <= 'z') || strchr("&'-/()", *s)) {
			letters = *s >= 'a' && *s != 'x' ? letters + 1 : 0;
			word = word || letters >= LATIN_WORD_MIN;
			continue;
		}
		letters = 0;
		*to++ = *s;
	}
	if (to - key > 3 && memcmp(to - 3, "及", 3) == 0) /* Contact & Title */
		to -= 3;
	*to = '\0';
	return word && to > key;
}

/* 联系人1, 主导产业（二）: the first of several places for one field is its label, a further one that of a
 * part; where a field has one value alone, each is its label. */
static bool
find_numbered(const struct labels *l, const char *key, struct label *out)
{
	static const char32_t numbers[] = U"1一①2二②3三③4四④5五⑤";
	char stem[KEY_MAX] = "";
	const char *at = key;
	const char *last = key;
	const struct entry *e = NULL;
	uint32_t c = 0;
	bool first = false;

	while (*at) {
		last = at;
		c = text_next(&at);
	}
	if (last == key || !is_one_of(c, numbers))
		return false;
	memcpy(stem, key, (size_t)(last - key));
	e = find(l, stem, false);
	if (!e || e->field < 0)
		return false;
	for (size_t i = 0; i < 3; i++)
		first = first || c == numbers[i];
	*out = (struct label){e->kind, e->field, -1, NULL, false, false};
	switch (l->form->fields[e->field].kind) {
	case FORM_NAMES:
	case FORM_CONTACT:
	case FORM_PHONE: out->kind = first ? e->kind : LABEL_PART; break;
	default: break;
	}
	return true;
}

struct label
label_whole(const struct labels *l, const char *text, bool ocr)
{
	struct label none = {.kind = LABEL_NONE, .field = -1, .second = -1};
	struct label both = none;
	const struct entry *e = NULL;
	char whole[KEY_MAX] = "";

	if (!*text || strnlen(text, LABEL_MAX + 1) > LABEL_MAX)
		return none;
	for (int bare = 0; bare < 2 && !e; bare++) {
		char key[KEY_MAX];

		normal_into(key, text, bare);
		if (!bare)
			memcpy(whole, key, strlen(key) + 1);
		e = find(l, key, false);
		if (!e && (find_both(l, key, &both) || find_numbered(l, key, &both)))
			return both;
		if (!e)
			e = find_without_extra(l, bytes_str(key), EXTRA_MAX, ocr);
		if (!e)
			e = find_around_extra(l, key);
	}
	if (!e && without_latin(whole))
		e = find(l, whole, false);
	return e ? (struct label){e->kind, e->field, -1, NULL, false, false} : none;
}

/* ---- labels in lines ---- */

static bool
is_colon(uint32_t c)
{
	return c == ':' || c == 0xFF1A || c == 0xFE30 || c == 0xFE55 || c == 0x2236 || c == '|' ||
	       c == 0xFF5C;
}

/* Brackets that open or close behind a line's first character: a hint beside the label. */
static int
bracket(uint32_t c)
{
	return is_one_of(c, U"（(【[") - is_one_of(c, U"）)】]");
}

static const char *
skip_space(const char *s)
{
	const char *at = s;
	uint32_t c;

	while ((c = text_next(&at)) && (text_is_space(c) || text_is_unsafe(c)))
		s = at;
	return s;
}

static struct label
label_before(const struct labels *l, const char *line, const char *end, const char *behind, bool ocr)
{
	struct label none = {.kind = LABEL_NONE, .field = -1, .second = -1};
	struct label found;
	char text[LABEL_MAX + 1];

	if ((size_t)(end - line) > LABEL_MAX)
		return none;
	memcpy(text, line, (size_t)(end - line));
	text[end - line] = '\0';
	found = label_whole(l, text, ocr);
	if (found.kind != LABEL_NONE) {
		behind = skip_space(behind);
		found.value = *behind ? behind : NULL;
	}
	return found;
}

/* Try to end the label at each colon, 】 and blank; a colon or bracket is better than a blank. */
struct label
label_line(const struct labels *l, const char *line, bool ocr)
{
	struct label by_blank = {.kind = LABEL_NONE, .field = -1, .second = -1};
	const char *at = line = skip_space(*skip_space(line) == '|' ? skip_space(line) + 1 : line);
	const char *here = at;
	bool begins_bracket = strncmp(line, "【", strlen("【")) == 0;
	int depth = 0;
	uint32_t c;

	for (; (c = text_next(&at)) && (size_t)(here - line) <= LABEL_MAX; here = at) {
		bool ends = is_colon(c) || (begins_bracket && c == 0x3011);
		struct label found;

		if (here > line || !begins_bracket)
			depth += depth + bracket(c) >= 0 ? bracket(c) : 0;
		if (depth || (!ends && !text_is_space(c)))
			continue;
		found = label_before(l, line, here, at, ocr);
		if (found.kind != LABEL_NONE && ends) {
			const char *rest = found.value;
			const char *behind = rest;

			/* 【牵头单位】：… */
			if (rest && is_colon(text_next(&behind)))
				found.value = *skip_space(behind) ? skip_space(behind) : NULL;
			found.colon = is_colon(c);
			found.bracket = !found.colon;
			return found;
		}
		if (found.kind != LABEL_NONE)
			by_blank = found;
		if (ends && !begins_bracket)
			break;
	}
	if (!c) {
		struct label whole = label_whole(l, line, ocr);

		if (whole.kind != LABEL_NONE)
			return whole;
	}
	return by_blank;
}

/* Does a label begin at begin that ends at end? Where label_line() sees it as well: it is read there. */
static bool
begins_label(const struct labels *l, const char *begin, const char *end, const char *behind)
{
	return label_before(l, begin, end, behind, false).kind != LABEL_NONE &&
	       label_line(l, begin, false).kind != LABEL_NONE;
}

const char *
label_inside(const struct labels *l, const char *line)
{
	const char *at = line;
	const char *begin = line;
	const char *opened = NULL; /* behind a bracket that is open: （联系人：…） */
	const char *here = line;
	bool tab = false; /* a tab stands before begin: the cells of a table that was pasted as text */
	uint32_t c;

	for (; here - line < INSIDE_MAX; here = at) {
		c = text_next(&at);
		if (is_colon(c) || (tab && (c == '\t' || !c))) {
			const char *from = opened ? opened : begin;

			if (from > line && begins_label(l, from, here, at))
				return from;
		}
		if (!c)
			break;
		if (bracket(c) > 0)
			opened = at;
		if (text_is_space(c) || is_colon(c) || is_one_of(c, U";；,，。|｜、！!") ||
		    (bracket(c) < 0 && !opened)) {
			tab = c == '\t' || (tab && begin == here && c == ' ');
			begin = at;
		}
		if (bracket(c) < 0 || begin == at)
			opened = NULL;
	}
	return NULL;
}

/* What is left of the head of a title without what any title may bear, in characters. */
static size_t
own_words(const struct labels *l, const char *head)
{
	size_t count = 0;

	while (*head) {
		const char *at = head;

		for (const char **x = l->extra; *x && head == at; x++)
			if (strncmp(head, *x, strlen(*x)) == 0)
				head += strlen(*x);
		if (head == at) {
			(void)text_next(&head);
			count++;
		}
	}
	return count;
}

bool
label_foreign_title(const struct labels *l, const char *text)
{
	static const char *const papers[] = {"申报书", "申报表", "申请书", "申请表",
	                                     "登记表", "推荐表", "推荐书", "报名表"};
	char key[KEY_MAX];

	if (!*text || strnlen(text, LABEL_MAX + 1) > LABEL_MAX || label_title(l, text))
		return false;
	normal_into(key, text, true);
	if (form_has_word(l->form->words_programme, key))
		return false;
	for (size_t i = 0; i < sizeof papers / sizeof *papers; i++)
		if (bytes_end(bytes_str(key), papers[i])) {
			key[strlen(key) - strlen(papers[i])] = '\0';
			return own_words(l, key) >= FOREIGN_MIN;
		}
	return false;
}

bool
label_title(const struct labels *l, const char *text)
{
	char key[KEY_MAX];

	if (!*text || strnlen(text, LABEL_MAX + 1) > LABEL_MAX)
		return false;
	/* 登记表（昆山市）: what stands in brackets behind it is no part of it; 附件2： before it neither */
	for (int bare = 0; bare < 2; bare++) {
		normal_into(key, text, bare);
		for (size_t i = 0; l->titles[i]; i++)
			if (bytes_end(bytes_str(key), l->titles[i]) &&
			    strlen(key) <= strlen(l->titles[i]) + TITLE_MORE)
				return true;
	}
	return false;
}
