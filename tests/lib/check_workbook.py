#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds a workbook against the spool's index: every recorded value is read back as it was recorded, no cell is a
formula, dates are dates, codes and numbers to dial are text, links lead somewhere, each part is sound XML.

usage: check_workbook.py FILE.xlsx SPOOL
       check_workbook.py --same FILE.xlsx OTHER.xlsx      do both hold the same values (after another program saved it)?
"""

import datetime
import json
import re
import sqlite3
import sys
import warnings
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import openpyxl

warnings.filterwarnings("ignore", module="openpyxl")  # bars in cells: it knows no extensions
if sys.argv[1] == "--same":
    ours, theirs = (openpyxl.load_workbook(name) for name in sys.argv[2:4])
    lost = [
        f"{sheet.title}!{cell.coordinate}: {cell.value!r}, then {theirs[sheet.title][cell.coordinate].value!r}"
        for sheet in ours
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "") and str(cell.value) != str(theirs[sheet.title][cell.coordinate].value)
    ]
    print("\n".join(lost[:20]) or "the same values")
    sys.exit(bool(lost))
path, spool = sys.argv[1], sys.argv[2]
wrong = []
SHEETS = ["概览", "登记一览", "各省进度", "待办", "更正记录", "发出回复", "异常", "审计"]
FIELDS = {
    "申请区域（城市）": "region",
    "牵头单位": "lead_unit",
    "主导产业": "leading_industries",
    "特色产业": "special_industry",
    "申请区域简介": "profile",
    "联系人及职务": "contact",
    "联系电话": "phone",
}
STATES = {"accepted": "已登记", "correction": "待补正", "conflict": "待核实", "withdrawn": "已撤回", "joined": "已并入"}


def say(text):
    if len(wrong) < 20:
        wrong.append(text)


def local(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone(datetime.timedelta(hours=8))).replace(
        tzinfo=None, second=0
    )


# ---- the package ----

package = zipfile.ZipFile(path)
if package.testzip():
    say("the ZIP is damaged")
names = set(package.namelist())
types = ElementTree.fromstring(package.read("[Content_Types].xml"))
declared = {t.get("PartName").lstrip("/") for t in types if t.get("PartName")}
defaults = {t.get("Extension") for t in types if t.get("Extension")}
for part in names:
    root = ElementTree.fromstring(package.read(part))
    if part != "[Content_Types].xml" and part not in declared and part.rsplit(".", 1)[-1] not in defaults:
        say(f"{part} has no content type")
    if part.endswith(".rels"):
        base = part.replace("_rels/", "").rsplit("/", 1)[0] if part.count("/") > 1 else ""
        for r in root:
            if r.get("TargetMode") == "External":
                say(f"{part} leads out: {r.get('Target')}")
                continue
            target = r.get("Target")
            full = target.lstrip("/") if target.startswith("/") else f"{base}/{target}" if base else target
            while "/../" in full:
                full = re.sub(r"[^/]+/\.\./", "", full, count=1)
            if full not in names:
                say(f"{part} names {full}, which is not there")
for part in declared - names:
    say(f"{part} is declared, and not there")
if not {"xl/charts/chart1.xml", "xl/charts/chart2.xml", "xl/charts/chart3.xml"} <= names:
    say("not three charts")

# ---- all cells ----

book = openpyxl.load_workbook(path)
if book.sheetnames != SHEETS:
    say(f"sheets: {book.sheetnames}")
for sheet in book:
    page = sheet.page_setup
    if (page.orientation, str(page.paperSize)) != ("landscape", "9"):
        say(f"{sheet.title}: {page.orientation} {page.paperSize}")
    if not sheet.print_title_rows or "第&P页 共&N页" not in (sheet.oddFooter.center.text or "").replace("&amp;", "&"):
        say(f"{sheet.title}: no repeated headings, or no page numbers: {sheet.oddFooter.center.text}")
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                say(f"{sheet.title}!{cell.coordinate} is a formula: {cell.value}")
            if cell.hyperlink:
                m = re.fullmatch(r"'(.+)'!A(\d+)", cell.hyperlink.location or "")
                if not m or m[1] not in SHEETS or int(m[2]) > book[m[1]].max_row:
                    say(f"{sheet.title}!{cell.coordinate} leads nowhere: {cell.hyperlink.location}")

# ---- every recorded value ----

db = sqlite3.connect(f"file:{spool}/index.db?mode=ro", uri=True)
db.row_factory = sqlite3.Row
sheet = book["登记一览"]
if sheet.freeze_panes != "C4" or not sheet.auto_filter.ref:
    say(f"登记一览: panes {sheet.freeze_panes}, filter {sheet.auto_filter.ref}")
head = [cell.value for cell in sheet[3]]
rows = {row[0].value: row for row in sheet.iter_rows(min_row=4)}
recorded = db.execute(
    "SELECT g.*, v.form, v.received_at AS newest_at, m.from_addr FROM registrations g"
    " JOIN revisions v ON v.receipt = g.receipt AND v.revision = g.revision"
    " LEFT JOIN messages m ON m.message = g.newest"
).fetchall()
if len(rows) != len(recorded) or not rows:
    say(f"{len(rows)} rows, {len(recorded)} registrations")
for g in recorded:
    row = rows.get(g["receipt"])
    if not row:
        say(f"{g['receipt']} is not there")
        continue
    form = json.loads(g["form"])
    cells = dict(zip(head, row))
    for label, key in FIELDS.items():
        want = form.get(key)
        want = "、".join(want) if isinstance(want, list) else want
        if (cells[label].value or "") != (want or ""):
            say(f"{g['receipt']} {label}: {cells[label].value!r}, recorded {want!r}")
        if cells[label].value is not None and cells[label].data_type != "s":
            say(f"{g['receipt']} {label} is no text")
    for label, want in (
        ("区域代码", g["region_code"]),
        ("状态", STATES[g["state"]]),
        ("逾期", "是" if g["late"] else None),
        ("收件邮箱", g["mailbox"]),
    ):
        if (cells[label].value or "") != (want or ""):
            say(f"{g['receipt']} {label}: {cells[label].value!r}, recorded {want!r}")
    if str(cells["版次"].value) != str(g["revision"]):
        say(f"{g['receipt']} 版次: {cells['版次'].value}")
    for label, seconds in (("首次收悉", g["created_at"]), ("最近收悉", g["newest_at"])):
        if not isinstance(cells[label].value, datetime.datetime) or cells[label].value != local(seconds):
            say(f"{g['receipt']} {label}: {cells[label].value!r}, recorded {local(seconds)}")
    codes = {d["code"] for d in form["defects"]}
    shown = cells["需补正及留意"].value or ""
    if len(shown.split("\n")) != len(form["defects"]) and codes:
        say(f"{g['receipt']} defects: {shown!r} for {codes}")

# ---- sums ----

counted = [g for g in recorded if g["state"] not in ("withdrawn", "joined")]
progress = {row[1].value: row for row in book["各省进度"].iter_rows(min_row=4) if row[1].value}
departments = [n for n in progress if n not in ("合计", "区域未能归属")]
if len(departments) != 37:
    say(f"{len(departments)} departments")
if progress["合计"][2].value != len(counted) or sum(r[2].value for n, r in progress.items() if n != "合计") != len(counted):
    say(f"{progress['合计'][2].value} counted, recorded {len(counted)}")
for name, prefix, others in (("江苏省", "32", ()), ("大连市", "2102", ()), ("辽宁省", "21", ("2102",)), ("新疆生产建设兵团", "6590", ())):
    want = sum(1 for g in counted if (g["region_code"] or "").startswith(prefix) and not (g["region_code"] or "").startswith(others or ("x",)))
    if progress[name][2].value != want:
        say(f"{name}: {progress[name][2].value}, recorded {want}")
waits = book["待办"]
since = [row[6].value for row in waits.iter_rows(min_row=4) if row[2].value]
if since != sorted(since) or not since:
    say("what waits is not in order of time")
last = json.loads(sorted(Path(spool, "log").glob("*.jsonl"))[-1].read_text("utf-8").splitlines()[-1])
audit = {row[0].value: row[1].value for row in book["审计"].iter_rows(min_row=4)}
if audit["日志末条序号"] != last["seq"] or audit["核对结果"] != "相符":
    say(f"审计: {audit}")
print("\n".join(wrong) or f"{len(rows)} registrations read back, in {len(SHEETS)} sheets")
sys.exit(bool(wrong))
