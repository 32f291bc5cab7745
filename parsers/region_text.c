/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "parsers/region_text.h"

#include "config/buf.h"
#include "config/text.h"

#include <string.h>

bool
word_begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

bool
word_ends(const char *s, const char *with)
{
	size_t len = strlen(s), end = strlen(with);

	return len >= end && memcmp(s + len - end, with, end) == 0;
}

const char *
word_begins_any(const char *s, const char *const words[])
{
	for (; *words != NULL; words++)
		if (word_begins(s, *words))
			return *words;
	return NULL;
}

const char *
word_ends_any(const char *s, const char *const words[])
{
	for (; *words != NULL; words++)
		if (word_ends(s, *words))
			return *words;
	return NULL;
}

size_t
word_step(const char *s)
{
	const char *next = s;

	(void)text_next(&next);
	return (size_t)(next - s);
}

bool
word_one_off(const char *a, const char *b)
{
	size_t off = 0;
	bool last = false;

	while (*a != '\0' && *b != '\0') {
		last = text_next(&a) != text_next(&b);
		off += last;
	}
	return *a == *b && off == 1 && !last;
}

const char *
word_without_end(struct arena *a, const char *s, size_t drop)
{
	return arena_dup0(a, s, strlen(s) - drop);
}

/* Traditional characters of division names, each before its simplified form: for the mail that
 * comes from a Big5 program. Pairs of three bytes each. */
static const char traditional[] =
        "廣广東东蘇苏陝陕貴贵雲云龍龙遼辽寧宁臺台灣湾門门關关縣县區区鎮镇鄉乡開开發发園园產产業业經经濟济"
        "術术爾尔濱滨慶庆陽阳長长華华興兴義义樂乐豐丰靈灵靜静衛卫萬万無无錫锡連连鹽盐揚扬嶺岭嶽岳廈厦贛赣"
        "鄭郑許许羅罗駐驻馬马蕪芜銅铜滬沪瀋沈撫抚錦锦營营盤盘鐵铁蘆芦島岛樺桦綏绥齊齐鶴鹤雞鸡雙双鴨鸭諸诸"
        "紹绍麗丽麥麦當当塗涂潁颍陰阴儀仪張张溝沟啟启漢汉荊荆黃黄岡冈隨随潛潜棗枣棲栖濰潍煙烟萊莱臨临澤泽"
        "聖圣鄒邹騰腾莊庄懷怀婁娄瀏浏頭头賓宾賀贺來来欽钦貢贡瀘泸達达資资綿绵內内瀾澜滄沧紅红銀银吳吴蘭兰"
        "隴陇寶宝烏乌魯鲁國国級级濕湿漁渔豬猪壽寿亞亚瓊琼個个舊旧劍剑閣阁陸陆邊边歷历鳳凤顧顾陳陈閩闽紀纪"
        "灘滩實实驗验範范試试導导體体團团師师績绩機机電电車车裝装備备藥药織织紡纺條条橋桥賽赛應应將将樓楼"
        "為为溫温軍军欒栾灤滦遷迁涇泾漣涟響响滿满巖岩農农億亿滎荥崗岗嶗崂膠胶蓋盖澗涧鄖郧鄲郸圍围場场嵐岚"
        "絳绛寬宽鄔邬圖图們们遜逊賁贲餘余縉缙閬阆榮荣綠绿爐炉環环澠渑潔洁湊凑勝胜屬属蘄蕲漵溆從从順顺聞闻"
        "憑凭橫横蒼苍鄧邓確确鄆郓祿禄筆笔瑪玛納纳輪轮葉叶員员會会構构礦矿鋼钢";

static uint32_t
simplify(uint32_t c)
{
	const char *s = traditional;

	if (!text_is_han(c))
		return c;
	while (*s != '\0') {
		uint32_t from = text_next(&s), to = text_next(&s);

		if (from == c)
			return to;
	}
	return c;
}

/* What a character becomes; 0: it goes. */
static uint32_t
plain_character(uint32_t c)
{
	static const char *const classes[] = {
	        "([{【〔〖〈《「『﹝﹙",         ")]}】〕〗〉》」』﹞﹚", ",、，;；&",
	        "/\\-—–‐－_|·・•‧∙⋅.。:：>→~～", "\"'“”‘’`!！?？",
	};
	static const char become[] = "(),/"; /* and nothing for the last */

	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		for (const char *s = classes[i]; *s != '\0';)
			if (text_next(&s) == c)
				return (unsigned char)become[i];
	return simplify(c);
}

/* Bytes of an unfilled part at s (XX省, ××, __市), or 0. One lone x is a letter. */
static size_t
unfilled_len(const char *s)
{
	static const char *const marks[] = {"x", "×", "*", "_", "□", "○", "●", "某", NULL};
	static const char *const units[] = {"自治区", "自治州", "地区", "园区", "开发区", "省", "市",
	                                    "区",     "县",     "旗",   "盟",   "州",     NULL};
	const char *at = s, *word = NULL;
	size_t count = 0;

	while ((word = word_begins_any(at, marks)) != NULL) {
		at += strlen(word);
		count++;
	}
	if (count == 0)
		return 0;
	word = word_begins_any(at, units);
	if (count < 2 && word == NULL)
		return 0;
	return (size_t)(at - s) + (word != NULL ? strlen(word) : 0);
}

static const char *
take(struct arena *a, struct buf *b)
{
	const char *s = arena_str(a, b->at != NULL ? b->at : "");

	buf_free(b);
	return s;
}

static const char *
fold(struct arena *a, const char *s)
{
	struct buf folded = BUF_INIT(1 << 16), out = BUF_INIT(1 << 16);

	text_fold(&folded, s);
	for (const char *at = folded.at != NULL ? folded.at : ""; *at != '\0';) {
		size_t gap = unfilled_len(at);
		uint32_t c = 0;

		if (gap > 0) {
			at += gap;
			continue;
		}
		c = plain_character(text_next(&at));
		if (c != 0)
			text_put(&out, c);
	}
	buf_free(&folded);
	return take(a, &out);
}

static const char *
without(struct arena *a, const char *s, const char *drop)
{
	struct buf out = BUF_INIT(1 << 16);

	for (; *s != '\0'; s++)
		if (strchr(drop, *s) == NULL)
			buf_ch(&out, *s);
	return take(a, &out);
}

/* Separators at the ends mean nothing. */
static const char *
trimmed(struct arena *a, const char *s)
{
	size_t len = 0;

	s += strspn(s, "/,");
	len = strlen(s);
	while (len > 0 && strchr("/,", s[len - 1]) != NULL)
		len--;
	return arena_dup0(a, s, len);
}

/* Part what stands in brackets from what does not. A bracket that is never closed ends with the
 * text; one never opened is none. */
static void
split_notes(struct arena *a, struct region_text *t)
{
	struct buf outside = BUF_INIT(1 << 16);
	struct buf note = BUF_INIT(1 << 16);
	int depth = 0;

	for (const char *s = t->whole;; s++) {
		if (*s == '(') {
			depth++;
		} else if (*s == ')' || *s == '\0') {
			depth = *s == '\0' || depth == 0 ? 0 : depth - 1;
			if (depth == 0 && note.len > 0) {
				if (t->note_count < REGION_NOTES_MAX)
					t->notes[t->note_count++] = trimmed(a, note.at);
				buf_clear(&note);
			}
		} else {
			buf_ch(depth > 0 ? &note : &outside, *s);
		}
		if (*s == '\0')
			break;
	}
	buf_free(&note);
	t->main = trimmed(a, take(a, &outside));
}

struct region_text
region_text_plain(struct arena *a, const char *s)
{
	struct region_text t = {.whole = fold(a, s)};

	t.bare = without(a, t.whole, "()/,");
	split_notes(a, &t);
	return t;
}
