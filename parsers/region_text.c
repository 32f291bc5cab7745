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

/* Traditional and variant characters, each before the simplified one that stands in names of divisions and
 * zones: for the mail that comes from a Big5 program; and 巿, which some input methods give for 市. Pairs of
 * three bytes each, by rising code of the first. */
static const char traditional[] =
        "亞亚來来侖仑倉仓個个們们倫伦偉伟備备僑侨僕仆儀仪億亿兒儿兗兖內内兩两冊册凱凯別别則则剛刚創创劍剑"
        "動动務务勝胜勸劝勻匀匯汇區区叢丛吳吴呂吕員员啓启啟启單单國国圍围園园圖图團团堯尧場场塗涂塢坞墊垫"
        "墾垦壇坛壘垒壩坝壯壮壺壶壽寿夢梦夾夹奮奋婁娄孫孙學学孿孪宮宫實实寧宁審审寬宽寶宝將将專专尋寻對对"
        "導导屬属岡冈峯峰島岛峽峡崍崃崑昆崗岗嵐岚嶗崂嶧峄嶺岭嶼屿嶽岳巒峦巖岩巿市師师帶带庫库廂厢廈厦廟庙"
        "廠厂廣广廬庐廳厅張张強强彌弥彥彦後后從从復复徵征恆恒愛爱愷恺態态慶庆憑凭應应懷怀揚扬撫抚敘叙數数"
        "於于時时晉晋暉晖會会東东條条棗枣棲栖楊杨業业極极榮荣構构樂乐樅枞樓楼樹树樺桦橋桥機机橫横欄栏權权"
        "欒栾欽钦歷历歸归氣气涇泾涼凉淥渌淨净淶涞淸清渦涡渾浑湊凑湞浈湯汤溝沟溫温滄沧滎荥滙汇滬沪滸浒滿满"
        "漁渔漢汉漣涟漵溆潁颍潔洁潛潜潤润潯浔澗涧澠渑澤泽澱淀濕湿濟济濬浚濰潍濱滨瀋沈瀏浏瀘泸瀾澜灘滩灣湾"
        "灤滦為为烏乌無无煙烟煩烦燈灯營营爐炉爾尔猶犹獅狮獨独獲获獻献現现琿珲瑤瑶瑪玛環环瓊琼甌瓯甕瓮產产"
        "産产畢毕當当疇畴疊叠療疗發发監监盤盘盧卢硯砚碩硕碭砀確确磯矶礦矿祿禄禪禅禮礼稅税稜棱稱称積积窩窝"
        "窪洼窯窑競竞筆笔節节範范簡简籌筹粵粤紀纪紅红納纳紙纸級级紡纺細细紹绍終终結结統统絳绛綏绥經经綜综"
        "綠绿維维網网綿绵縉缙縣县績绩織织羅罗義义習习聖圣聞闻聯联聶聂職职肅肃脫脱膠胶臘腊臥卧臨临臯皋臺台"
        "與与興兴舊旧荊荆莊庄華华萊莱萬万葉叶蒼苍蓋盖蓮莲蔭荫蕪芜蕭萧薊蓟薌芗薩萨藍蓝藥药藺蔺蘄蕲蘆芦蘇苏"
        "蘊蕴蘭兰蘿萝處处術术衛卫衝冲裏里裝装視视覺觉觀观計计訥讷設设許许詔诏試试語语誼谊調调諸诸諾诺謀谋"
        "謙谦謝谢謨谟譙谯譜谱讓让豐丰豬猪貝贝貞贞貢贡貧贫貴贵費费貿贸賀贺賁贲資资賈贾賓宾賚赉賢贤賽赛贊赞"
        "贛赣趙赵車车軌轨軍军軟软載载輝辉輪轮輿舆轉转轎轿辦办農农連连進进運运達达遙遥遜逊遠远遷迁遼辽邁迈"
        "邊边郟郏郵邮鄆郓鄉乡鄒邹鄔邬鄖郧鄧邓鄭郑鄰邻鄲郸鄴邺醫医釩钒鈦钛鉛铅銀银銅铜鋒锋鋪铺鋼钢錢钱錦锦"
        "錫锡錯错鍾钟鎣蓥鎮镇鏡镜鐘钟鐵铁鑲镶長长門门開开閒闲間间閔闵閘闸閣阁閩闽閬阆閻阎關关陘陉陝陕陰阴"
        "陳陈陸陆陽阳際际隨随隴陇雙双雜杂雞鸡離离雲云電电靈灵靜静鞏巩韓韩響响頂顶項项順顺頗颇頭头頻频額额"
        "類类顧顾顯显風风飛飞養养餘余館馆饒饶馬马駐驻騰腾驊骅驗验驛驿體体鬥斗魚鱼魯鲁鮁鲅鮮鲜鯉鲤鳩鸠鳳凤"
        "鳴鸣鴨鸭鵝鹅鶴鹤鷄鸡鷹鹰鹼碱鹽盐麗丽麥麦黃黄點点黨党齊齐龍龙";

static uint32_t
simplify(uint32_t c)
{
	enum { PAIR = 6 };
	size_t low = 0, high = (sizeof(traditional) - 1) / PAIR;

	while (text_is_han(c) && low < high) {
		size_t middle = low + (high - low) / 2;
		const char *at = traditional + middle * PAIR;
		uint32_t from = text_next(&at), to = text_next(&at);

		if (from == c)
			return to;
		if (c < from)
			high = middle;
		else
			low = middle + 1;
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
