#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must become of generated mails, and whether it did: item by item, never counts alone.

usage: manifest.py SPOOL SMTP_LOG MANIFEST     prints what is wrong, then one line of figures; exits 1 then

A manifest is a file of JSON lines, one for each mail: {"hash": SHA-256 of the bytes as IMAP hands them out,
"name": …, "disposition": …, "places": [mailbox, …], "to": who is owed a reply, or null, "withheld": bool,
"forms": how many}.
"""

import collections
import hashlib
import json
import re
import sys
from pathlib import Path

ANSWERED = {"accepted", "correction", "no_form", "unreadable"}
OWN_ID = re.compile(rb"^message-id:\s*(<mingpian\.[^>]+>)", re.I | re.M)


def as_received(data):
    return data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def entry(name, data, disposition, places, to, withheld=False, forms=1):
    return {
        "hash": hashlib.sha256(as_received(data)).hexdigest(),
        "name": name,
        "disposition": disposition,
        "places": places,
        "to": to,
        "withheld": withheld,
        "forms": forms,
    }


def read_lines(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def read_log(spool):
    return [line for file in sorted((Path(spool) / "log").glob("????-??.jsonl")) for line in read_lines(file)]


def read_smtp(path):
    """The mails that the server took, as it says itself."""
    if not Path(path).exists():
        return []
    return [line for line in read_lines(path) if line["ev"] == "data" and line.get("taken")]


class Judge:
    def __init__(self, spool, smtp, manifest):
        self.spool, self.smtp, self.manifest = Path(spool), smtp, manifest
        self.wrong = []
        self.by = collections.defaultdict(lambda: collections.defaultdict(list))
        for line in read_log(spool):
            for key in ("message", "to_message", "reply"):
                if key in line:
                    self.by[line["event"], key][line[key]].append(line)

    def lines(self, event, key, value):
        return self.by[event, key].get(value, [])

    def say(self, *words):
        self.wrong.append(" ".join(str(w) for w in words))

    # one mail

    def check_places(self, mail, event):
        got = collections.Counter(line["mailbox"] for line in self.lines(event, "message", mail["hash"]))
        want = collections.Counter(mail["places"])
        if got != want:
            self.say(f"{mail['name']}: `{event}` for {dict(got)}, should be {dict(want)}")

    def check_kept(self, mail):
        recorded = self.lines("recorded", "message", mail["hash"])
        if len(recorded) != 1:
            self.say(f"{mail['name']}: recorded {len(recorded)} times")
            return
        line = recorded[0]
        if line["disposition"] != mail["disposition"]:
            self.say(f"{mail['name']}: {line['disposition']}, should be {mail['disposition']}")
        if len(line["forms"]) != mail["forms"]:
            self.say(f"{mail['name']}: {len(line['forms'])} forms, should be {mail['forms']}")
        self.check_places(mail, "received")
        self.receipts.update(form["receipt"] for form in line["forms"] if form["as"] == "new")

    def check_reply(self, mail):
        queued = self.lines("queued", "to_message", mail["hash"])
        if not mail["to"]:
            if queued:
                self.say(f"{mail['name']}: a reply to it")
            return
        if len(queued) != 1:
            self.say(f"{mail['name']}: {len(queued)} replies, should be one")
            return
        reply = queued[0]
        if (reply["state"] == "withheld") != mail["withheld"]:
            self.say(f"{mail['name']}: its reply is {reply['state']} ({reply['why']})")
        sent = len(self.lines("sent", "reply", reply["reply"]))
        if sent != int(not mail["withheld"]):
            self.say(f"{mail['name']}: reply {reply['reply']} sent {sent} times by the log: {self.way(reply['reply'])}")
        self.check_taken(mail, reply)

    def way(self, reply):
        lines = sorted((line for (_, key), by in self.by.items() if key == "reply" for line in by.get(reply, [])), key=lambda line: line["seq"])
        return " > ".join(" ".join(str(line[k]) for k in ("seq", "at", "event", "attempt", "code", "why", "next") if line.get(k) is not None) for line in lines)

    def check_taken(self, mail, reply):
        """The reply's own bytes, at the server: once, and once more at most for each time that the log does not know."""
        bytes_ = (self.spool / "mail" / reply["message"][:2] / f"{reply['message']}.eml").read_bytes()
        found = OWN_ID.search(bytes_)
        name = found[1].decode() if found else None
        taken = self.taken.pop(name, [])
        unknown = len(self.lines("unknown", "reply", reply["reply"]))
        most = 0 if mail["withheld"] else 1 + unknown
        if not int(not mail["withheld"]) <= len(taken) <= most:
            self.say(f"{mail['name']}: the server took {name} {len(taken)} times, at most {most} are told for")
        digest = hashlib.sha256(as_received(bytes_)).hexdigest()
        for line in taken:
            if line["sha256"] != digest:
                self.say(f"{mail['name']}: the server took other bytes than the spool keeps for {name}")
            if mail["to"] and [to.lower() for to in line["to"]] != [mail["to"].lower()]:
                self.say(f"{mail['name']}: sent to {line['to']}, should be {mail['to']}")
        self.twice += max(0, len(taken) - 1)

    def check_digests(self):
        """They go out by the clock, and may not be sent yet; once like all others."""
        for lines in list(self.by["queued", "reply"].values()):
            if lines[0]["kind"] == "digest" and self.lines("sent", "reply", lines[0]["reply"]):
                self.check_taken({"name": lines[0]["reply"], "withheld": False, "to": None}, lines[0])

    def check_receipts(self):
        numbers = collections.Counter(int(r.rsplit("-", 1)[1]) for r in self.receipts.elements())
        if sorted(numbers.elements()) != list(range(1, len(numbers) + 1)):
            self.say(f"receipts are not 1 to {len(numbers)}, each once: {sorted(numbers.elements())[-5:]}")

    def check(self):
        self.receipts, self.twice = collections.Counter(), 0
        self.taken = collections.defaultdict(list)
        for line in self.smtp:
            self.taken[line["id"]].append(line)
        known = {mail["hash"] for mail in self.manifest}
        if not known:
            self.say("no mails to look for")
        for mail in self.manifest:
            if mail["disposition"] in ANSWERED:
                self.check_kept(mail)
            else:
                self.check_places(mail, "left")
                if self.lines("recorded", "message", mail["hash"]):
                    self.say(f"{mail['name']}: recorded, and should be left")
            self.check_reply(mail)
        self.check_digests()
        self.check_receipts()
        for event in ("received", "recorded", "left", "held"):
            for message in self.by[event, "message"]:
                if message not in known:
                    self.say(f"`{event}` of {message[:12]}…, which nobody sent")
        for name, lines in self.taken.items():
            self.say(f"the server took {name} for {lines[0]['to']}, which answers no mail")
        return self.wrong

    def figures(self):
        unknown = sum(len(lines) for lines in self.by["unknown", "reply"].values())
        sent = sum(len(lines) for lines in self.by["sent", "reply"].values())
        return f"{len(self.manifest)} mails, {sent} replies, {unknown} unknown, {self.twice} taken twice, {len(self.wrong)} wrong"


def main():
    judge = Judge(sys.argv[1], read_smtp(sys.argv[2]), read_lines(sys.argv[3]))
    for text in judge.check()[:50]:
        print(text)
    print(judge.figures())
    return int(bool(judge.wrong))


if __name__ == "__main__":
    sys.exit(main())
