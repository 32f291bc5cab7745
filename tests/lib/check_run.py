#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds a spool and the SMTP server's own list against the truth of the mails that were put in.

usage: check_run.py SPOOL SMTP_LOG CASE…     a CASE: a folder with message.eml and expect.json

For each mail: the log has one line of its fate, with the right disposition, regions, categories and
defects; who is owed a reply got exactly one, nobody else got any; that all had come already is said once. Prints what is wrong; exits 1 then.
"""

import collections
import email
import email.policy
import email.utils
import hashlib
import json
import sys
from pathlib import Path

ANSWERED = {"accepted", "correction", "no_form", "unreadable"}
wrong = []


def as_received(data):
    """What an IMAP server hands out: lines end in CRLF."""
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def sender(data):
    head = email.message_from_bytes(data, policy=email.policy.compat32)
    return email.utils.parseaddr(str(head.get("Reply-To") or head["From"]))[1].lower()


def check_forms(name, want, line):
    forms = [f for f in line["forms"]]
    if len(forms) != len(want):
        wrong.append(f"{name}: {len(forms)} forms recorded, should be {len(want)}")
        return
    for w in want:
        codes = sorted(d["code"] for d in w.get("defects", []))
        if not any(
            all(f.get(k) == w[k] for k in ("region_code", "category") if k in w) and sorted(f["defects"]) == codes
            for f in forms
        ):
            wrong.append(f"{name}: no form recorded as {w.get('region')} with {codes}: {forms}")


def was_told(reply, fate, lines, queued):
    """Was it said before, by a reply that went out, that all of these forms had come already? Said once, it waits
    for a person the next time. All samples with the same forms have the same sender."""
    receipts = {l["message"]: {f["receipt"] for f in l["forms"]} for l in lines if l["event"] == "recorded"}
    mine = {f["receipt"] for f in fate["forms"]}
    return reply["kind"] == "repeated" and any(
        q["kind"] == "repeated" and q["state"] == "due" and q["seq"] < reply["seq"] and receipts[q["to_message"]] == mine
        for q in queued
    )


def check_reply(name, expect, fate, lines, queued, sent):
    message = fate["message"]
    replies = [q for q in queued if q["to_message"] == message]
    if expect["disposition"] not in ANSWERED:
        if replies:
            wrong.append(f"{name}: a reply to {expect['disposition']} mail")
        return 0
    if len(replies) != 1:
        wrong.append(f"{name}: {len(replies)} replies, should be one")
        return 0
    held = expect.get("withheld") or was_told(replies[0], fate, lines, queued)
    state = "withheld" if held else "due"
    if replies[0]["state"] != state:
        wrong.append(f"{name}: its reply is {replies[0]['state']} ({replies[0]['why']}), should be {state}")
    if (replies[0]["reply"] in sent) != (state == "due"):
        wrong.append(f"{name}: its reply is {'' if replies[0]['reply'] in sent else 'not '}sent")
    return int(state == "due")


def check_case(case, lines, queued, sent, owed):
    expect = json.loads((case / "expect.json").read_text("utf-8"))["expect"]
    data = as_received((case / "message.eml").read_bytes())
    message = hashlib.sha256(data).hexdigest()
    fates = [l for l in lines if l["event"] in ("recorded", "left") and l.get("message") == message]
    if len(fates) != 1:
        wrong.append(f"{case.name}: {len(fates)} fates in the log, should be one")
        return
    fate = fates[0]
    if fate["disposition"] != expect["disposition"]:
        wrong.append(f"{case.name}: {fate['disposition']}, should be {expect['disposition']}")
        return
    kept = expect["disposition"] in ANSWERED
    # A bounce that names a reply of this very run is kept: staff must see it.
    bounced = any(l["event"] == "bounced" and l["message"] == message for l in lines)
    if (kept or bounced) != (fate["event"] == "recorded"):
        wrong.append(f"{case.name}: {fate['event']}")
    if kept:
        check_forms(case.name, expect.get("forms", []), fate)
        if bool(fate["late"]) != bool(expect.get("late")):
            wrong.append(f"{case.name}: late {fate['late']}")
    if check_reply(case.name, expect, fate, lines, queued, sent):
        owed[sender(data)] += 1


def main():
    spool, smtp_log, cases = Path(sys.argv[1]), Path(sys.argv[2]), [Path(a) for a in sys.argv[3:]]
    lines = [json.loads(l) for f in sorted((spool / "log").glob("*.jsonl")) for l in f.open(encoding="utf-8")]
    queued = [l for l in lines if l["event"] == "queued"]
    sent = collections.Counter(l["reply"] for l in lines if l["event"] == "sent")
    owed = collections.Counter()
    if not cases:
        wrong.append("no mails to look for")
    for case in cases:
        check_case(case, lines, queued, sent, owed)
    for reply, count in sent.items():
        if count != 1:
            wrong.append(f"{reply}: sent {count} times")
    smtp = [json.loads(l) for l in smtp_log.open()] if smtp_log.exists() else []
    got = collections.Counter(to.lower() for l in smtp if l["ev"] == "data" for to in l["to"])
    for who in owed.keys() | got.keys():
        if owed[who] != got[who]:
            wrong.append(f"{who}: the server took {got[who]} mails for him, should be {owed[who]}")
    for text in wrong:
        print(text)
    print(f"{len(cases)} mails, {sum(owed.values())} replies owed, {len(wrong)} wrong")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
