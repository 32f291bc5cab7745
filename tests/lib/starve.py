#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""mingpian-parse without memory: one allocation refused a run, at each place of the program that asks for some, or each.

usage: starve.py WORK JOBS      called by tests/torture

A place is told by the calls that led to it (tests/fault/strike.c); the first allocation of each is refused, over the
first mail that comes to it (all that is done before a mail is looked at is the same for each). The
parser must end with 71 and a line that says so, or answer as if nothing had been: an answer that is made of a
part of the mail would be believed.

Environment: DEPTH=N: so many calls tell a place, else 4; EVERY=K: each K-th place; SAMPLE=NAME: only that mail of tests/mail; CALL=malloc: each allocation, the first,
the second …, not only the first of each place (what is done before a mail is looked at: over the first mail only).
"""

import collections
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import struck

SAMPLES = Path(__file__).parents[1] / "mail"
FORM = Path(__file__).parents[2] / "config" / "form.cfg"
# a mail for each reader that has libraries of its own
MAILS = ("002-body-plain", "001-docx-official", "004-doc-official", "060-xlsx-table", "065-rtf-word-gbk", "070-pdf-libreoffice",
         "072-ofd", "074-zip-gbk", "079-7z", "104-tnef", "127-smime-opaque")
SECONDS = 60


class Starve:
    def __init__(self, work, jobs):
        self.work, self.jobs = work, jobs
        self.quick = os.environ.get("QUICK") == "1"
        self.every = int(os.environ.get("EVERY", "53" if self.quick else "1"))
        self.call = os.environ.get("CALL", "place")
        self.build = Path(os.environ["BUILD"])
        self.lock = threading.Lock()
        self.faults, self.failures = 0, []
        self.ends = collections.Counter()
        self.seen = b""  # places that earlier mails came to

    def parse(self, mail, job, at, call):
        page = struck.Page(self.work / f"page{job}", struck.Fault(call, "worker", at, "ENOMEM"), self.seen)
        env = {"LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai", "OMP_THREAD_LIMIT": "1",
               **struck.preloaded(self.build / "fault" / "strike.so", page)}
        run = subprocess.run([str(self.build / "mingpian-parse"), "-c", str(FORM), str(mail)], env=env,
                             stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False,
                             preexec_fn=struck.same_addresses)
        return run, page.read()

    def judge(self, run, whole):
        said = run.stderr.decode(errors="replace").strip()
        if run.returncode == 71:
            return "71" if "memory" in said else None
        if run.returncode == 0:
            return "0" if run.stdout == whole else None
        return None

    def points(self, name, job, whole):
        """Each jobs-th place, until no more are met."""
        if not job and name == MAILS[0]:
            self.one(name, job, 1, whole, "memalign")  # GLib's slices, while it had them: it aborts
        first = self.before_a_mail(job) if self.call == "malloc" and name != MAILS[0] else 1
        for at in range(first + job * self.every, 1 << 20, self.every * self.jobs):
            if not self.one(name, job, at, whole, self.call):
                return

    def before_a_mail(self, job):
        """How many allocations there are before there is anything to read."""
        _, page = self.parse(self.work / "none.eml", job, 0, "malloc")
        return page.counts["malloc", "worker"]

    def one(self, name, job, at, whole, call):
        """Did it strike?"""
        try:
            run, page = self.parse(SAMPLES / name / "message.eml", job, at, call)
        except subprocess.TimeoutExpired:
            with self.lock:
                self.faults += 1
                self.ends[name, None] += 1
                self.failures.append((name, at))
                print(f"FAILED {name}, {call} {at}: no end in {SECONDS} s", flush=True)
            return True
        if page.struck:
            how = self.judge(run, whole)
            with self.lock:
                self.faults += 1
                self.ends[name, how] += 1
                if how is None:
                    self.failures.append((name, at))
                    print(f"FAILED {name}, {call} {at}: it ended with {run.returncode}, said: {run.stderr.decode(errors='replace').strip()[-200:]}"
                          + (" (another answer)" if run.returncode == 0 else ""), flush=True)
        return bool(page.struck)

    def run(self):
        only = os.environ.get("SAMPLE")
        for name in [only] if only else MAILS[:2] if self.quick else MAILS:
            run, page = self.parse(SAMPLES / name / "message.eml", 0, 0, self.call)
            json.loads(run.stdout)
            seen = page.seen()
            struck.together(self.points, [(name, job, run.stdout) for job in range(self.jobs)])
            self.seen = seen
            print(f"{name}: " + ", ".join(f"{n} " + {"71": "ended with 71", "0": "answered all the same", None: "FAILED"}[how]
                                          for (of, how), n in sorted(self.ends.items(), key=str) if of == name), flush=True)
        print(f"{self.faults} faults, {self.faults - len(self.failures)} survived")
        return int(bool(self.failures) or not self.faults)


if __name__ == "__main__":
    sys.exit(Starve(Path(sys.argv[1]), int(sys.argv[2])).run())
