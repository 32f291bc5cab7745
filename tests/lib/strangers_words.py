#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""usage: strangers_words.py make DIR          hostile mails, each a file, and DIR/put for mails_put
          strangers_words.py replies SMTP_LOG SPOOL
                                              hold what was sent against what strangers may have us send

A stranger's text is made of MARK, with all around it that means something to somebody: HTML, header lines, escapes
of terminals, writing that runs backwards, formulas, paths."""
import email
import email.policy
import json
import re
import sys

MARK = "诈"
EVIL = ["<script>alert(1)</script><img src=https://evil.example/x>", "\r\nBcc: victim@example.org\r\n\r\nx", "\x1b[31m\x1b]0;x\x07\u009b31m", "\u202e\u2066\u200f", "=cmd|'/c calc'!A1", "+1+1", "@SUM(1)", "-1", "\t=1",
        "../../etc/passwd", "\x00\x01\x7f", "%s%n%s", "${7*7}{{7*7}}", "https://evil.example/"]
LABELS = ["申请区域（城市）", "牵头单位", "主导产业", "特色产业", "申请区域简介", "联系人及职务", "联系电话"]
FORM_MAX = 240      # characters of all values of a form that a reply shows: daemon/reply_letter.c
ONE_FORM_MAX = 500  # … with those that its corrections name and quote
WHOLE_MAX = 12000   # characters of his in the longest reply that there is: daemon/reply_letter.c
OURS = {"date", "from", "to", "subject", "message-id", "in-reply-to", "references", "auto-submitted", "x-auto-response-suppress", "x-mingpian-loop", "mime-version", "content-type", "content-transfer-encoding", "content-language", "precedence"}
UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


def form(i, evil):
    """All values by a stranger; the first region is a real one, that there be a registration."""
    values = ["江苏省苏州市昆山市" if i == 0 else evil + MARK * 3000] + [evil + MARK * 3000] * 5 + ["13800138000" + evil.strip()]
    return "".join(f"{label}：{' '.join(value.split())}\r\n" for label, value in zip(LABELS, values))


def mail(number, body, headers=(), files=()):
    head = [f"From: a{number}@example.org", "To: maruijuan@miit-icdc.org", f"Message-ID: <{number}@stranger.example>", "Date: Fri, 10 Jun 2022 10:00:00 +0800", "MIME-Version: 1.0", *headers]
    if not any(h.startswith("Subject:") for h in head):
        head.append("Subject: =?utf-8?B?5Lqn5Lia5ZCN54mH55m76K6w6KGo?=")
    out = "\r\n".join(head).encode() + b'\r\nContent-Type: multipart/mixed; boundary="=b"\r\n\r\n--=b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n' + body.encode()
    for name, data in files:
        quoted = "".join(f"%{b:02X}" for b in name.encode())
        out += f"\r\n--=b\r\nContent-Type: application/octet-stream\r\nContent-Disposition: attachment; filename*=utf-8''{quoted}\r\n\r\n".encode() + data
    return out + b"\r\n--=b--\r\n"


def mails():
    for i, evil in enumerate(EVIL):
        yield mail(i, form(0, evil))
        yield mail(100 + i, form(1, evil), files=[(f"登记表{evil}{MARK * 500}.docx", b"PK\3\4 damaged")])
    yield mail(200, "".join(form(0, "").replace("昆山市", MARK) for _ in range(300)))
    yield mail(201, form(0, ""), ["Subject: =?utf-8?Q?=E4=BA=A7=0D=0ABcc:_victim@example.org=0D=0A=0D=0Ax?="])
    yield mail(202, form(0, ""), ["Subject: " + " ".join(["=?utf-8?B?6K+I6K+I6K+I6K+I6K+I?="] * 300)])
    yield mail(203, form(0, ""), ["Reply-To: " + ", ".join(f"v{i}@victim.example" for i in range(300))])
    yield mail(204, form(0, ""), ['Reply-To: "x\r\n Bcc: victim@example.org" <r@example.org>'])
    yield mail(205, form(0, ""), ["Sender: s@example.org", "Cc: " + ", ".join(f"v{i}@victim.example" for i in range(300)), "Bcc: victim@example.org"])
    yield mail(206, form(0, ""), ["References: " + " ".join(f"<{MARK * 9}{i}@x>" for i in range(400)), "In-Reply-To: <a@b>\r\n Bcc: victim@example.org"])
    yield mail(207, "请查收登记表", files=[(f"登记表{i}{MARK * 200}.docx", b"PK\3\4 damaged") for i in range(400)])
    yield mail(208, form(0, "").replace("a208", "b")).replace(b"From: a208@example.org", b"From: a208@example.org, b@victim.example, c@victim.example", 1)
    yield mail(209, form(0, "")).replace(b"From: a209@example.org", b'From: "=?utf-8?B?6K+IDQpCY2M6IHZpY3RpbUBleGFtcGxlLm9yZw==?=" <a209@example.org>', 1)


def make(folder):
    with open(f"{folder}/put", "w", encoding="utf-8") as put:
        for i, data in enumerate(mails()):
            with open(f"{folder}/stranger-{i}.eml", "wb") as f:
                f.write(data)
            put.write(f"2022-06-10T10:00:{i:02}+08:00 {folder}/stranger-{i}.eml\n")


def check(sent):
    """What is wrong with one mail that we sent."""
    m = email.message_from_bytes(sent, policy=email.policy.default)
    text = next(p for p in m.walk() if p.get_content_type() == "text/plain").get_content()
    html = next(p for p in m.walk() if p.get_content_type() == "text/html").get_content()
    labelled = [line for line in text.splitlines() if MARK in line]
    if set(k.lower() for k in m.keys()) - OURS:
        yield f"headers that are not ours: {set(m.keys())}"
    if len(m.keys()) != len(set(m.keys())):
        yield "a header twice"
    for word in (text, html, *m.values()):
        if UNSAFE.search(str(word)):
            yield f"a control or bidirectional character: {UNSAFE.search(str(word))[0]!r}"
    if re.search(r"<script|<img|<a [^>]*evil", html):
        yield "his HTML is HTML"
    if re.search(r"<[^>]*(src|href)=[\"']?https?:", html):
        yield "it loads or links something from outside"
    if len(m["subject"]) > 80:
        yield f"a subject of {len(m['subject'])} characters"
    for line in labelled:
        if line.count(MARK) > FORM_MAX:
            yield f"{line.count(MARK)} of his characters in one line"
        if not re.match(r"\s*[^诈]{0,60}[：“]", line) and not re.match(r"  \s*登记表", line):
            yield f"not labelled: {line[:60]}"
    if text.count(MARK) > WHOLE_MAX:
        yield f"{text.count(MARK)} of his characters"


def replies(log, spool):
    wrong, seen, most, all_most, size = [], {}, 0, 0, 0
    for line in open(log, encoding="utf-8"):
        e = json.loads(line)
        if e.get("ev") != "data":
            continue
        with open(f"{spool}/mail/{e['sha256'][:2]}/{e['sha256']}.eml", "rb") as f:
            sent = f.read()
        m = email.message_from_bytes(sent, policy=email.policy.default)
        of = str(m["in-reply-to"]).strip()
        text = next(p for p in m.walk() if p.get_content_type() == "text/plain").get_content()
        one_form = "200@" not in of and "207@" not in of
        wrong += [f"{of}: {x}" for x in check(sent)]
        seen[of] = seen.get(of, 0) + 1
        if len(e["to"]) != 1 or not str(m["to"]).strip().endswith(e["to"][0]) or "victim" in e["to"][0]:
            wrong.append(f"{of}: to {e['to']}, {m['to']}")
        all_most = max(all_most, text.count(MARK))
        if one_form:
            most, size = max(most, text.count(MARK)), max(size, len(sent))
            if text.count(MARK) > ONE_FORM_MAX:
                wrong.append(f"{of}: {text.count(MARK)} of his characters for one form")
            if len(sent) > 100_000:
                wrong.append(f"{of}: a reply of {len(sent)} bytes for one form")
    wrong += [f"{of}: {n} replies" for of, n in seen.items() if n != 1]
    if len(seen) < 20:
        wrong.append(f"only {len(seen)} replies: this test tests nothing")
    print("\n".join(wrong) or f"{len(seen)} replies; for one form at most {most} of his characters in the text, {size} bytes in all; for many at most {all_most}")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(make(sys.argv[2]) if sys.argv[1] == "make" else replies(*sys.argv[2:4]))
