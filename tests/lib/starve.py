#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""mingpian-parse without memory: one allocation refused a run, at each place of the program that asks for some.

usage: starve.py WORK JOBS      called by tests/torture

A place is told by the calls that led to it (tests/fault/strike.c); the first allocation of each is refused. The
parser must end with 71 and a line that says so, or answer as if nothing had been: an answer that is made of a
part of the mail would be believed.

Environment: EVERY=K: each K-th place; SAMPLE=NAME: only that mail of tests/mail.
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
        self.every = int(os.environ.get("EVERY", "97" if self.quick else "1"))
        self.build = Path(os.environ["BUILD"])
        self.lock = threading.Lock()
        self.faults, self.failures = 0, []
        self.ends = collections.Counter()

    def parse(self, name, job, at):
        page = struck.Page(self.work / f"page{job}", struck.Fault("place", "worker", at, "ENOMEM"))
        env = {"LC_ALL": "C.UTF-8", "TZ": "Asia/Shanghai", "OMP_THREAD_LIMIT": "1", "LD_PRELOAD": str(self.build / "fault" / "strike.so"),
               "STRIKE_PAGE": str(page.path)}
        run = subprocess.run([str(self.build / "mingpian-parse"), "-c", str(FORM), str(SAMPLES / name / "message.eml")], env=env,
                             stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
        return run, page.read().struck

    def judge(self, run, whole):
        said = run.stderr.decode(errors="replace").strip()
        if run.returncode == 71:
            return "71" if "memory" in said else None
        if run.returncode == 0:
            return "0" if run.stdout == whole else None
        return None

    def points(self, name, job, first):
        """Each jobs-th place from first on, until no more are met."""
        whole = self.parse(name, job, 0)[0].stdout
        json.loads(whole)
        for at in range(1 + first * self.every, 1 << 20, self.every * self.jobs):
            run, met = self.parse(name, job, at)
            if not met:
                return
            how = self.judge(run, whole)
            with self.lock:
                self.faults += 1
                self.ends[name, how] += 1
                if how is None:
                    self.failures.append((name, at))
                    print(f"FAILED {name}, place {at}: it ended with {run.returncode}, said: {run.stderr.decode(errors='replace').strip()[-200:]}"
                          + (" (another answer)" if run.returncode == 0 else ""), flush=True)

    def run(self):
        only = os.environ.get("SAMPLE")
        for name in [only] if only else MAILS[:2] if self.quick else MAILS:
            threads = [threading.Thread(target=self.points, args=(name, job, job)) for job in range(self.jobs)]
            for t in threads:
                t.start()
            for t in threads:
                t.join()
            print(f"{name}: " + ", ".join(f"{n} " + {"71": "ended with 71", "0": "answered all the same", None: "FAILED"}[how]
                                          for (of, how), n in sorted(self.ends.items(), key=str) if of == name), flush=True)
        print(f"{self.faults} faults, {self.faults - len(self.failures)} survived")
        return int(bool(self.failures) or not self.faults)


if __name__ == "__main__":
    sys.exit(Starve(Path(sys.argv[1]), int(sys.argv[2])).run())
