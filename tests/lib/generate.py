#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mails for torture, with the manifest of what must become of them (manifest.py).

usage: generate.py small DIR           a few mails of each fate, from tests/mail
       generate.py many DIR COUNT      COUNT mails, made here
       generate.py lay DIR             lays the mails of the lists into Dovecot's Maildirs DIR/mail/NAME, which is a
                                       hundred times as fast as APPEND; their owner is the folder's
DIR gets NAME.eml, `manifest`, and for each mailbox a list `put-NAME` for imap.py put.
"""

import base64
import email
import email.policy
import email.utils
import json
import os
import sys
from datetime import datetime
from pathlib import Path

from manifest import entry

DOMAIN = "miit-icdc.org"
BOTH = ("maruijuan", "dongwenyan")
SAMPLES = Path(__file__).parents[1] / "mail"
# name of a sample, and the mailboxes that it lies in
SMALL = [
    ("002-body-plain", BOTH),
    ("033-body-missing-two", BOTH[1:]),
    ("051-forgot-attachment", BOTH[1:]),
    ("048-question", BOTH[1:]),
]
ANSWERED = {"accepted", "correction", "no_form", "unreadable"}

HEAD = """From: {sender}\r
To: {to}@miit-icdc.org\r
Subject: =?UTF-8?B?{subject}?=\r
Date: Fri, 10 Jun 2022 10:00:00 +0800\r
Message-ID: <torture.{n}@test>\r
MIME-Version: 1.0\r
Content-Type: text/plain; charset=UTF-8\r
Content-Transfer-Encoding: 8bit\r
{more}\r
"""
FORM = """申请区域（城市）：{region}\r
牵头单位：市工业和信息化局\r
主导产业：电子信息、装备制造\r
特色产业：传感器\r
申请区域简介：工业基础较好，产业链完整。\r
联系人及职务：沈志远 产业科科长\r
联系电话：{phone}\r
"""
CITIES = [
    f"{province}{city}{town}市"
    for province, city, towns in (
        ("江苏省", "苏州市", "昆山 常熟 张家港 太仓"),
        ("江苏省", "无锡市", "江阴 宜兴"),
        ("江苏省", "南通市", "海安 如皋 启东"),
        ("浙江省", "金华市", "义乌 东阳 兰溪 永康"),
    )
    for town in towns.split()
]


def sender_of(data):
    head = email.message_from_bytes(data, policy=email.policy.compat32)
    return email.utils.parseaddr(str(head.get("Reply-To") or head["From"]))[1]


def addresses(boxes):
    return [f"{box}@{DOMAIN}" for box in boxes]


class Output:
    def __init__(self, folder):
        self.folder = folder
        self.manifest = open(folder / "manifest", "w", encoding="utf-8")
        self.put = {box: open(folder / f"put-{box}", "w", encoding="utf-8") for box in BOTH}

    def add(self, name, data, received, boxes, disposition, to, withheld=False, forms=1):
        (self.folder / f"{name}.eml").write_bytes(data)
        self.manifest.write(json.dumps(entry(name, data, disposition, addresses(boxes), to, withheld, forms), ensure_ascii=False) + "\n")
        for box in boxes:
            self.put[box].write(f"{received} {self.folder}/{name}.eml\n")


def small(out):
    for name, boxes in SMALL:
        sample = json.loads((SAMPLES / name / "expect.json").read_text("utf-8"))
        expect = sample["expect"]
        data = (SAMPLES / name / "message.eml").read_bytes()
        answered = expect["disposition"] in ANSWERED
        out.add(name, data, sample["received"], boxes, expect["disposition"], sender_of(data) if answered else None,
                bool(expect.get("withheld")), len(expect.get("forms", [])))


def text_of(n):
    """Text, disposition, forms and further header lines of the n-th mail: of a hundred, 84 forms."""
    region = f"{CITIES[n % len(CITIES)]}开发区第{n}产业园"
    kind = n % 50
    if kind < 38:
        return FORM.format(region=region, phone=f"0512-{50000000 + n}"), "accepted", 1, ""
    if kind < 42:
        return FORM.format(region=region, phone=f"{50000000 + n}"), "correction", 1, ""
    if kind < 45:
        return f"您好，我市登记表已填好，请查收附件。第{n}号\r\n", "no_form", 0, ""
    if kind < 48:
        return f"您好，想问问贵中心明天几点上班？第{n}号\r\n", "other", 0, ""
    return f"我正在休假，回来后回复您。第{n}号\r\n", "ignored", 0, "Auto-Submitted: auto-replied\r\n"


def many(out, count):
    subject = base64.b64encode("产业名片登记表".encode()).decode()
    plain = base64.b64encode("您好".encode()).decode()
    for n in range(1, count + 1):
        text, disposition, forms, more = text_of(n)
        boxes = BOTH if n % 20 == 7 else (BOTH[n % 2],)
        sender = f"sender{n}@example.org"
        about = subject if disposition in ANSWERED else plain
        data = (HEAD.format(sender=sender, to=boxes[0], subject=about, n=n, more=more) + text).encode()
        seconds = n % 86400
        received = f"2022-06-10T{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}+08:00"
        out.add(f"m{n}", data, received, boxes, disposition, sender if disposition in ANSWERED else None, False, forms)


def lay(folder):
    owner = (folder / "mail").stat()
    for box in BOTH:
        for sub in ("", "cur", "new", "tmp"):
            (folder / "mail" / box / sub).mkdir(exist_ok=True)
            os.chown(folder / "mail" / box / sub, owner.st_uid, owner.st_gid)
        for n, line in enumerate((folder / f"put-{box}").read_text().splitlines()):
            when, file = line.split(" ", 1)
            seconds = datetime.fromisoformat(when).timestamp()
            to = folder / "mail" / box / "new" / f"{int(seconds)}.M{n:06d}P1.test"
            to.write_bytes(Path(file).read_bytes())
            os.chown(to, owner.st_uid, owner.st_gid)
            os.utime(to, (seconds, seconds))  # INTERNALDATE


def main():
    if sys.argv[1] == "lay":
        return lay(Path(sys.argv[2]))
    out = Output(Path(sys.argv[2]))
    if sys.argv[1] == "small":
        small(out)
    else:
        many(out, int(sys.argv[3]))
    return None


if __name__ == "__main__":
    main()
