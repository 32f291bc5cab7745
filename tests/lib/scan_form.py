# SPDX-License-Identifier: GPL-3.0-or-later
"""Filled-in forms, made up by chance and drawn as a printer would print them.

    values = fill(rng, tables)              the seven fields and what must be said of them
    page = draw(values, rng, fonts)         an RGB picture of an A4 page at DPI, and where its cells lie

Fonts are files: face(path, points) and whether a face has all characters of a text are asked of PIL."""
import functools
import pathlib

from PIL import Image, ImageDraw, ImageFont

DPI = 300  # of the page that is printed; scanned smaller
A4 = (8.27, 11.69)

INDUSTRIES = """电子信息 装备制造 新材料 生物医药 纺织服装 食品加工 汽车零部件 新能源 化工 建材 家具制造 陶瓷 五金 皮革 造纸 钢铁 铝加工 光伏
智能家电 轨道交通 航空航天 船舶海工 节能环保 现代物流 木材加工 农产品加工 绿色矿业 集成电路 新型显示 软件和信息服务 稀土新材料 眼镜制造
工程机械 特种纸 磁性材料 精细化工 高端数控机床 氢能 锂电池 石墨烯 金属包装""".split()
SPECIAL = """传感器 黄酒 粉丝加工 制笔 竹木制品 羊绒 珍珠 红木家具 檀香扇 青瓷 打火机 灯饰 茶叶 枸杞 蜡染 花炮 刺绣 紫砂陶 玉雕 假发制品 钢琴
宣纸 渔具 草编 荔枝深加工 泳装 乐器 毛衫 柳编 食用菌 中药饮片 花岗岩石材 辣椒制品 酱香型白酒 马铃薯主食""".split()
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂志远建华国庆文博宇轩浩然子涵欣怡晓峰雪梅海燕鹏飞振兴立新春生玉珍凤琴金龙荣贵瑾瑜昊睿钰琪彦君婷婧炜晔"
POSITIONS = """局长 副局长 科长 产业科科长 主任 办公室主任 副主任 四级调研员 总工程师 工作人员 经济运行科副科长 股长 一级主任科员 招商局局长
党组成员、副局长 规划科负责人 科员 工业股股长 综合科科长 管委会副主任""".split()
BUREAUS = ("工业和信息化局", "经济和信息化局", "工业信息化和商务局", "科技和工业信息化局", "发展和改革局", "人民政府")
MOBILE = (130, 131, 132, 133, 135, 136, 137, 138, 139, 150, 151, 152, 155, 156, 157, 158, 159, 177, 180, 181, 182, 185, 186, 187, 188, 189)
LABELS = {"region": "申请区域（城市）", "lead_unit": "牵头单位", "leading_industries": "主导产业", "special_industry": "特色产业",
          "profile": "申请区域简介", "contact": "联系人及职务", "phone": "联系电话"}


# ---- values ----

def read_table(path):
    lines = pathlib.Path(path).read_text("utf-8").splitlines()
    return [dict(zip(lines[0].split("\t"), line.split("\t"))) for line in lines[1:]]


class Tables:
    """Divisions that exist, whole names only, and dialling codes."""

    def __init__(self, data):
        rows = [r for r in read_table(data / "divisions.tsv") if r["code"].isdigit()]
        self.by_code = {r["code"]: r for r in rows}
        self.dial = {r["code"]: r for r in read_table(data / "dialcodes.tsv")}
        names = {}
        for r in rows:
            names.setdefault(r["name"], []).append(r)
        self.counties = [r for r in rows if r["level"] == "county" and not r.get("flags") and len(names[r["name"]]) == 1
                         and r["parent"] in self.by_code and self.by_code[r["parent"]]["level"] == "prefecture"
                         and r["parent"] in self.dial and "/" not in self.dial[r["parent"]]["length"]]


def phone(rng, dial):
    def mobile():
        return str(rng.choice(MOBILE)) + "%08d" % rng.randrange(10**8)

    def landline():
        digits = int(dial["length"])
        mark = rng.choice("--－")
        return dial["dial"] + mark + str(rng.randrange(2, 9)) + "".join(str(rng.randrange(10)) for _ in range(digits - 1))

    return rng.choice((mobile, mobile, landline, landline, landline, lambda: landline() + "、" + mobile()))()


def profile(rng, name, industries, special):
    n = rng.randrange
    said = [
        f"{name}历史悠久，区位条件良好，工业以{'、'.join(industries)}为主。",
        f"{name}位于省域{rng.choice('东西南北')}部，总面积{n(300, 9000)}平方公里，辖{n(3, 30)}个乡镇（街道），常住人口{n(100, 1500) / 10}万人。",
        f"2021年实现地区生产总值{n(500, 29999) / 10}亿元，同比增长{n(20, 149) / 10}%。",
        f"现有规上工业企业{n(12, 900)}家，{industries[0]}产业产值占全部工业的{rng.choice('三四五六')}成以上。",
        f"近三年累计实施技改项目{n(20, 600)}项，{special}产业集群初具规模，品牌影响力不断扩大。",
        f"拥有国家级专精特新“小巨人”企业{n(1, 40)}家、高新技术企业{n(5, 400)}家，研发投入强度达到{n(10, 49) / 10}%。",
        f"先后获得“中国{special}之乡”“全国{industries[-1]}产业知名品牌示范区”等称号。",
        f"{special}产品远销{n(10, 90)}多个国家和地区，年出口额超过{n(1, 60)}亿美元。",
        f"下一步将聚焦强链补链延链，力争到2025年{industries[0]}产业规模突破{n(1, 30) * 100}亿元。",
    ]
    text = said[0]
    for s in rng.sample(said[1:], rng.randrange(1, 6)):
        text += s
    if rng.random() < 0.15:  # two paragraphs
        cut = text.index("。", len(text) // 3) + 1
        text = text[:cut] + "\n" + text[cut:]
    return text.strip()


def fill(rng, tables):
    county = rng.choice(tables.counties)
    city = tables.by_code[county["parent"]]
    province = tables.by_code[city["parent"]]
    industries = rng.sample(INDUSTRIES, rng.choice((1, 2, 3, 3)))
    special = rng.choice(SPECIAL)
    name = rng.choice(SURNAMES) + "".join(rng.choice(GIVEN) for _ in range(rng.choice((1, 2, 2, 2))))
    form = {
        "region": province["name"] + city["name"] + county["name"],
        "lead_unit": county["name"] + rng.choice(BUREAUS),
        "leading_industries": industries,
        "special_industry": special,
        "profile": profile(rng, county["name"], industries, special),
        "contact": name + rng.choice((" ", "　", "，", "、")) + rng.choice(POSITIONS),
        "phone": phone(rng, tables.dial[city["code"]]),
        "region_code": county["code"], "category": "county", "defects": [],
    }
    empty = rng.choice((None,) * 11 + ("special_industry", "phone"))
    if empty:
        form[empty] = None
        form["defects"] = [{"field": empty, "code": "missing", "severity": "error"}]
    return form


# ---- type ----

@functools.lru_cache(maxsize=64)
def face(path, index, size):
    return ImageFont.truetype(path, size, index=index)


def has_all(font, text):
    """Has the face a glyph of its own for each character?"""
    none = bytes(font.getmask("\ue123"))
    return all(c.isspace() or (font.getmask(c).getbbox() and bytes(font.getmask(c)) != none) for c in set(text))


NOT_FIRST, NOT_LAST = "，。、；：）》”！？％%", "（《“"


def units(text):
    """What is not broken: a Chinese character, a run of letters and digits."""
    run = ""
    for c in text:
        if ord(c) < 0x2000 and c != " ":
            run += c
            continue
        if run:
            yield run
        run = ""
        yield c
    if run:
        yield run


def width_of(font, latin, unit):
    return (latin if ord(unit[0]) < 0x2000 else font).getlength(unit)


def wrap(text, font, latin, width, indent):
    """Lines as lists of units, broken as Chinese is: no mark at a line's beginning, none left open at its end."""
    lines = []
    for paragraph in text.split("\n"):
        line, used = ["　"] * indent, indent * font.getlength("　")
        for unit in units(paragraph):
            long = width_of(font, latin, unit)
            if used + long > width and line and unit[0] not in NOT_FIRST:
                back = []
                while line and line[-1] in NOT_LAST:
                    back.insert(0, line.pop())
                lines.append(line)
                line, used = back, sum(width_of(font, latin, u) for u in back)
            line.append(unit)
            used += long
        lines.append(line)
    return lines


class Type:
    """A face for Chinese and one for letters, a size, how black."""

    def __init__(self, font, latin, spacing, ink, stroke=0):
        self.font, self.latin, self.spacing, self.ink, self.stroke = font, latin, spacing, ink, stroke

    def height(self, lines):
        return int(lines * self.font.size * self.spacing)

    def write(self, d, lines, x, y, width, align):
        for line in lines:
            long = sum(width_of(self.font, self.latin, u) for u in line)
            at = x + (0 if align == "left" else (width - long) / 2)
            base = y + self.font.size * (self.spacing + 0.76) / 2
            for unit in line:
                f = self.latin if ord(unit[0]) < 0x2000 else self.font
                d.text((at, base), unit, fill=self.ink, font=f, anchor="ls", stroke_width=self.stroke, stroke_fill=self.ink)
                at += f.getlength(unit)
            y += int(self.font.size * self.spacing)


# ---- the page ----

def inches(n):
    return int(n * DPI)


OFFICIAL = (("region", "lead_unit"), ("leading_industries", "special_industry"), ("profile",), ("contact", "phone"))
LIST = tuple((key,) for key in LABELS)


def shown(values, key, rng_mark):
    v = values[key]
    return rng_mark.join(v) if isinstance(v, list) else v or ""


def draw(values, rng, fonts):
    """(picture, {key: box of its value's text}); fonts: a function of text that gives (path, index) of a face."""
    text = "".join(shown(values, k, "、") for k in LABELS)
    points = rng.choice((10.5, 12, 12, 12, 14, 14, 15))
    size = int(points * DPI / 72)
    path, latin = fonts(text)
    ink = rng.choice((0, 0, 15, 30, 45))
    font = face(*path, size)
    latin_font = font if rng.random() < 0.6 else face(*latin, size)
    body = Type(font, latin_font, rng.choice((1.2, 1.3, 1.45, 1.6)), (ink,) * 3)
    label_path, _ = fonts("".join(LABELS.values()))
    label_path = path if rng.random() < 0.5 else label_path
    label = Type(face(*label_path, size), face(*label_path, size), body.spacing, (ink,) * 3, rng.choice((0, 0, DPI // 160)))
    title = Type(face(*label_path, int(size * rng.choice((1.25, 1.5, 1.6)))), label.latin, 1.4, (ink,) * 3, rng.choice((0, DPI // 130)))

    page = Image.new("RGB", (inches(A4[0]), inches(A4[1])), "white")
    d = ImageDraw.Draw(page)
    left = inches(rng.uniform(0.8, 1.25))
    width = page.width - 2 * left
    y = inches(rng.uniform(0.8, 1.2))
    if rng.random() < 0.7:
        body.write(d, [list(units("附件 2"))], left, y, width, "left")
        y += body.height(2)
    title.write(d, [list("区域（城市）产业名片打造登记表")], left, y, width, "middle")
    y += title.height(1) + body.height(rng.choice((0.3, 1)))
    if rng.random() < 0.2:
        body.write(d, [list(units("填表日期：2022年6月%d日" % rng.randrange(1, 30)))], left, y, width, "left")
        y += body.height(1.3)
    rows = rng.choice((OFFICIAL, OFFICIAL, OFFICIAL, LIST))
    y, places = draw_table(d, values, rng, rows, (left, y, width), body, label)
    if rng.random() < 0.6:
        body.write(d, wrap("申请参与首批产业名片打造计划的区域(城市)请于 2022 年 6 月 30 日以前,将该表发送至 maruijuan@miit-icdc.org",
                           body.font, body.latin, width, 0), left, y + size // 4, width, "left")
    elif rng.random() < 0.5:
        body.write(d, [list(units("（盖章）　　2022年6月%d日" % rng.randrange(1, 30)))], left + width // 2, y + size, width, "left")
    return page, places


def draw_table(d, values, rng, rows, area, body, label):
    left, y, width = area
    size = body.font.size
    pad = int(size * rng.uniform(0.35, 0.6))
    share = rng.choice((0.25, 0.25, 0.2, 0.22)) if rows is OFFICIAL else rng.uniform(0.22, 0.3)
    middle, align = rng.random() < 0.5, rng.choice(("left", "left", "middle"))
    thick = rng.choice((2, 2, 3, 4))
    frame = thick * rng.choice((1, 1, 2))
    mark = rng.choice(("、", "、", "、", "，"))
    least = body.height(rng.choice((1, 1.5, 2))) + 2 * pad
    top, places = y, {}
    for row in rows:
        half = width // len(row)
        edges, cells = [], []
        for i, key in enumerate(row):
            x = left + i * half
            wide = int(width * share)
            right = left + width if i + 1 == len(row) else x + half
            indent = 2 if key == "profile" and body.spacing > 1.25 and align == "left" else 0
            cells.append((label, wrap(LABELS[key], label.font, label.latin, wide - 2 * pad, 0), x, x + wide, None))
            value = shown(values, key, mark)
            cells.append((body, wrap(value, body.font, body.latin, right - x - wide - 2 * pad, indent if value else 0), x + wide, right, key))
            edges += [x, x + wide]
        high = max(least, *(t.height(len(lines)) + 2 * pad for t, lines, *_ in cells))
        if row == ("profile",):
            high += body.height(rng.choice((0, 1, 3, 6)))
        for t, lines, x, right, key in cells:
            tall = t.height(len(lines))
            at = y + pad if not middle or key == "profile" else y + (high - tall) // 2
            t.write(d, lines, x + pad, at, right - x - 2 * pad, align if key != "profile" else "left")
            if key:
                places[key] = (x + pad, at, right - pad, at + tall)
        for x in edges[1:]:
            d.line((x, y, x, y + high), fill=body.ink, width=thick)
        d.line((left, y + high, left + width, y + high), fill=body.ink, width=thick)
        y += high
    d.rectangle((left, top, left + width, y), outline=body.ink, width=frame)
    return y, places
