#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Strikes at every call of a run of mingpiand, one fault a run, and looks whether all is well afterwards.

usage: sweep.py WORK MANIFEST SLOTS    called by tests/torture, which has the servers up and mail in the mailboxes

Each slot WORK/sN has a configuration, a spool and an SMTP server of its own; the mailboxes are shared, as
nobody changes them. One fault: an empty spool, a run that the fault strikes, then runs without faults until
one says that all is done; then the spool and the server's list are held against the manifest, item by item.

Environment: CALL, THREAD, HOW: only these (lists by commas); DEPTH=N: so many calls tell a place; EVERY=K: each K-th
point; FROM=N, TO=N: of each thread's calls only these, as all of malloc take hours; ALL=1: each error at each point,
else they take turns; QUICK=1: the part for make check; SEE=1: tells of each fault; KEEP=1: what failed is kept;
COUNT=1: only tells the points.
"""

import collections
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import manifest
import struck

KILLED = (
    "open openat fopen write pwrite fsync fdatasync syncfs rename renameat unlink unlinkat mkdir mkdirat ftruncate"
    " socket connect bind send sendto sendmsg recv recvfrom pipe2 memfd_create posix_spawn fork pthread_create"
).split()
HALVED = "write pwrite".split()

DISK = "ENOSPC EIO"
TABLES = "EMFILE ENOMEM"
FAILS = {
    "open": "ENOSPC EIO EMFILE ENOMEM EINTR EACCES",
    "openat": "ENOSPC EIO EMFILE ENOMEM EINTR",
    "fopen": TABLES,
    "scandirat": "EIO EMFILE ENOMEM",
    "opendir": TABLES,
    "read": "EIO EINTR short",
    "pread": "EIO EINTR short",
    "write": "ENOSPC EIO EINTR short",
    "pwrite": "ENOSPC EIO EINTR short",
    "writev": "ENOSPC EIO",
    "fsync": "EIO ENOSPC EINTR",
    "fdatasync": "EIO ENOSPC",
    "syncfs": "EIO ENOSPC",
    "rename": DISK,
    "renameat": DISK,
    "unlink": "EIO EROFS",
    "unlinkat": "EIO EROFS",
    "mkdir": "ENOSPC EIO ENOMEM",
    "mkdirat": "ENOSPC EIO ENOMEM",
    "ftruncate": "EIO EINTR",
    "chmod": "EIO",
    "fchmod": "EIO",
    "fchmodat": "EIO",
    "fstat": "EIO ENOMEM",
    "stat": "EIO ENOMEM",
    "fstatat": "EIO ENOMEM",
    "fstatvfs": "EIO EINTR",
    "fcntl": "ENOLCK EIO",
    "flock": "EINTR ENOLCK",
    "close": "EIO EINTR",
    "mmap": "ENOMEM",
    "socket": "EMFILE ENOMEM",
    "socketpair": TABLES,
    "connect": "ECONNREFUSED EINTR ENETUNREACH ENOMEM",
    "bind": "ENOMEM EROFS",
    "listen": "EIO",
    "accept4": "EMFILE ENOMEM EINTR",
    "poll": "ENOMEM EINTR",
    "send": "ECONNRESET EINTR ENOMEM short",
    "sendto": "ECONNRESET EINTR ENOMEM short",
    "sendmsg": "EPIPE EINTR ENOMEM",
    "recv": "ECONNRESET EINTR ENOMEM short eof",
    "recvfrom": "ECONNRESET EINTR ENOMEM short eof",
    "recvmsg": "ECONNRESET EINTR ENOMEM",
    "setsockopt": "ENOMEM",
    "pipe2": "EMFILE ENFILE ENOMEM",
    "memfd_create": "EMFILE ENOMEM",
    "eventfd": TABLES,
    "signalfd": TABLES,
    "timerfd_create": TABLES,
    "pidfd_open": TABLES,
    "posix_spawn": "EAGAIN ENOMEM",
    "fork": "EAGAIN ENOMEM",
    "pthread_create": "EAGAIN",
    "waitpid": "EINTR",
    "place": "ENOMEM",
    "malloc": "ENOMEM",
}
# Only where CALL names it: `place` comes to the same lines in a hundredth of the time.
BY_NAME = "malloc"
# What must have been struck at least, whatever was counted: else the sweep has gone blind.
MUST = [
    (call, thread)
    for thread, calls in {
        "main": "openat open write pwrite fsync mkdirat unlinkat fopen read fcntl pthread_create eventfd",
        "writer": "openat write pwrite fsync syncfs renameat unlinkat mkdirat",
        "sender": "socket connect send recv poll",
        "mailbox": "socket connect send recv poll",
        "parser": "read poll",
        "worker": "read write",
    }.items()
    for call in calls.split()
]
# Of the worker's places each so many-th: all are starve.py's, and the daemon sees no more of a worker than its end.
PLACES_OF_WORKER = 8
PART = 250  # faults that a slot takes on at once
BEYOND = 1000  # more of them than were counted: threads do not run in step
STATUS_FINE = {0, *range(64, 79)}
TRIES = 12  # for a fault that did not strike: threads do not run in step
SECONDS = 120
REBUILD_EVERY = 8


class Slot:
    def __init__(self, work, number):
        self.dir = work / f"s{number}"
        self.spool = self.dir / "spool"
        self.smtp_log = self.dir / "smtp.log"
        self.err = self.dir / "err"
        self.build = Path(os.environ["BUILD"])
        self.striker = self.build / "fault" / "strike.so"
        self.looks = 0
        self.program_struck = None  # start_bin()
        self.env = {k: v for k, v in os.environ.items() if not k.startswith("STRIKE_")}

    def is_untouched(self):
        """The run ended before it wrote anything or spoke to a server of mail: a run after it is one from nothing, as
        each begins."""
        return not self.smtp_log.exists() and not (self.spool.exists() and any(self.spool.iterdir()))

    def config(self):
        return ["-c", str(self.dir / "mingpian.cfg")]

    def clean(self):
        shutil.rmtree(self.spool, ignore_errors=True)
        shutil.rmtree(self.dir / "Maildir", ignore_errors=True)
        self.smtp_log.unlink(missing_ok=True)
        self.err.unlink(missing_ok=True)

    def start_bin(self):
        """A daemon whose parser is linked with the library: it gives its parser no environment, and lets it write
        nowhere but in the spool."""
        if not self.program_struck:
            folder = self.dir / "bin"
            folder.mkdir()
            for program in (self.build / "mingpiand", self.build / "struck" / "mingpian-parse", self.striker):
                shutil.copy2(program, folder)
            os.symlink(self.spool / "page", folder / "page")
            self.program_struck = folder / "mingpiand"
        return self.program_struck

    def strike(self, fault):
        """Exit status of the run that the fault strikes, and its page."""
        program, striker, place = self.build / "mingpiand", self.striker, self.dir / "page"
        if fault.thread == "worker":
            program, striker, place = self.start_bin(), None, self.spool / "page"
            self.spool.mkdir(mode=0o700)
        page = struck.Page(place, fault)
        status = struck.run([str(program), *self.config(), "--once"], page, striker, self.env, SECONDS, self.err)
        page.read()
        if fault.thread == "worker":
            place.unlink()
        return status, page

    def restart(self):
        """Without faults, until one says that all is done; for each a clock an hour later, for what was deferred."""
        status, now = None, datetime.now().astimezone()
        for hours in range(5):
            env = {**self.env, "MINGPIAN_NOW": (now + timedelta(hours=hours)).isoformat(timespec="seconds")}
            with open(self.err, "ab") as err:
                try:
                    status = subprocess.run(
                        [str(self.build / "mingpiand"), *self.config(), "--once"],
                        env=env, stdin=subprocess.DEVNULL, stdout=err, stderr=err, timeout=SECONDS, check=False).returncode
                except subprocess.TimeoutExpired:
                    return "did not end"
            if status != 75:
                break
        return status

    def ctl(self, *words):
        return subprocess.run(
            [str(self.build / "mingpianctl"), *self.config(), *words],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SECONDS, check=False)

    def dump(self):
        with sqlite3.connect(f"file:{self.spool}/index.db?mode=ro", uri=True) as db:
            return "\n".join(db.iterdump())

    def judge(self, mails):
        return manifest.Judge(self.spool, manifest.read_smtp(self.smtp_log), mails).check()

    def look(self, mails):
        """All that is wrong with the spool and the server's list."""
        wrong = self.judge(mails)
        verify = self.ctl("verify")  # the index against one made anew, too
        if verify.returncode:
            wrong.append(f"verify: {verify.stdout.strip()} {verify.stderr.strip()}")
        self.looks += 1
        if self.looks % REBUILD_EVERY:
            return wrong
        before = self.dump()
        if self.ctl("rebuild").returncode or self.dump() != before:
            wrong.append("the index made anew is another one")
        return wrong


def judge_run(fault, status, page):
    """What is wrong with the way that the struck run ended."""
    if status is None:
        return [f"it did not end in {SECONDS} s"]
    if fault.how.startswith("kill") and fault.thread != "worker":
        return [] if status == -9 or not page.struck else [f"it ended with {status}"]
    wrong = [] if status in STATUS_FINE else [f"it ended with {status}"]
    if page.synced_badly and page.wrote_after:
        wrong.append("after an fsync that failed it wrote to the log")
    if page.synced_badly and status == 0:
        wrong.append("after an fsync that failed it ended as if all were well")
    return wrong


class Sweep:
    def __init__(self, work, mails, slots):
        self.slots = [Slot(work, n) for n in range(1, slots + 1)]
        self.mails = mails
        self.lock = threading.Lock()
        self.faults, self.failures, self.runs = 0, [], 0
        self.struck = collections.Counter()
        self.untouched = 0
        self.every = int(os.environ.get("EVERY", "1"))
        self.first, self.last = int(os.environ.get("FROM", "1")), int(os.environ.get("TO", "1000000"))
        self.all = os.environ.get("ALL") == "1"
        self.quick_part = os.environ.get("QUICK") == "1"  # each of its faults must strike
        self.only = {key: os.environ.get(key, "").split(",") if os.environ.get(key) else None for key in ("CALL", "THREAD", "HOW")}

    def wanted(self, call, thread, how):
        return all(v is None or x in v for x, v in zip((call, thread, how), self.only.values()))

    # one fault

    def one(self, slot, fault, must):
        """Did it strike? Counts it; one that must strike and never does has failed. No other is counted that the run did
        not come to."""
        for _ in range(TRIES if must else 1):
            slot.clean()
            status, page = slot.strike(fault)
            if page.struck:
                break
        if not page.struck and not must:
            return False
        wrong = judge_run(fault, status, page) if page.struck else ["it never struck"]
        if slot.is_untouched():
            self.untouched += 1
            wrong += ["it wrote nothing, and ended as if all were done"] if status == 0 else []
        else:
            wrong += self.go_on(slot, status)
        self.count(slot, fault, page, wrong, status)
        return bool(page.struck)

    def go_on(self, slot, status):
        """A run that ended with 0 said that all is done: so it must be, but for an index that had no room for the last
        line. Else others do the rest."""
        wrong = []
        try:
            if status == 0:
                wrong += slot.judge(self.mails)
            if status or slot.ctl("verify").returncode:
                again = slot.restart()
                wrong += [f"the run after it: {again}"] if again != 0 else []
            wrong += slot.look(self.mails)
        except (OSError, subprocess.SubprocessError, sqlite3.Error, ValueError, KeyError) as e:
            wrong.append(f"what it left cannot be looked at: {e!r}")
        return wrong

    def count(self, slot, fault, page, wrong, status):
        with self.lock:
            self.faults += 1
            if page.struck:
                self.struck[fault.call, fault.thread, fault.how] += 1
            if wrong:
                self.failures.append(fault)
                print(f"FAILED {fault} (status {status}):", *wrong[:6], sep="\n    ")
                print("    " + "\n    ".join(slot.err.read_text(errors="replace").splitlines()[-8:] if slot.err.exists() else []), flush=True)
                if os.environ.get("KEEP"):
                    shutil.copytree(slot.dir, slot.dir.parent / f"failed{len(self.failures)}", symlinks=True, ignore=shutil.ignore_patterns("*.sock"))
            elif os.environ.get("SEE"):
                print(f"survived {fault} (status {status})", flush=True)
            elif self.faults % 100 == 0:
                print(f"… {self.faults} faults, {len(self.failures)} failed, {int(time.monotonic() - self.began)} s", flush=True)

    # which faults

    def counts(self, call="", turns=5):
        """The least that each call of each thread is met, in some runs."""
        least = {}
        for turn in range(turns):
            counts = {}
            for thread in ("main", "worker"):
                self.slots[0].clean()
                status, page = self.slots[0].strike(struck.Fault(call, thread, 0, "none"))
                if status != 0:
                    sys.exit(f"a run without faults ends with {status}: {self.slots[0].err.read_text()}")
                counts.update({k: v for k, v in page.counts.items() if (k[1] == "worker") == (thread == "worker")})
            least = counts if not turn else {k: min(v, counts[k]) for k, v in least.items() if k in counts}
        wrong = self.slots[0].look(self.mails)
        if wrong:
            sys.exit("a run without faults goes wrong already:\n" + "\n".join(wrong))
        return least

    def points(self, counts):
        """(call, thread, how, least): all that is to be swept."""
        hows = [(call, ["kill"]) for call in KILLED] + [(call, ["kill-half"]) for call in HALVED]
        for call, words in FAILS.items():
            hows += [(call, [how]) for how in words.split()] if self.all else [(call, words.split())]
        points = []
        for (call, thread), least in counts.items():
            if call == BY_NAME and not self.only["CALL"]:
                continue
            for words in (words for c, words in hows if c == call):
                words = [how for how in words if self.wanted(call, thread, how)]
                if words:
                    points.append((call, thread, words, least))
        return sorted(points, key=lambda p: -p[3])

    def step(self, call, thread):
        return self.every * (PLACES_OF_WORKER if (call, thread) == ("place", "worker") and not self.all else 1)

    def parts(self, points):
        """(point, turns): a long point in parts, so that no slot is without work while another has thousands left. The last
        goes on beyond what was counted."""
        for point in points:
            call, thread, _, least = point
            counted = 1 + (least - 1) // self.step(call, thread)
            for first in range(0, counted, PART):
                last = counted + BEYOND if first + PART >= counted else first + PART
                turns = [t for t in range(first, last) if self.first <= 1 + t * self.step(call, thread) <= self.last]
                if turns:
                    yield point, turns

    def sweep_part(self, slot, point, turns):
        """Errors in turn: the first call meets the first of them. Beyond what was counted until a run does not come so
        far."""
        call, thread, words, least = point
        for turn in turns:
            n = 1 + turn * self.step(call, thread)
            if not self.one(slot, struck.Fault(call, thread, n, words[turn % len(words)]), n <= least) and n > least:
                break

    def work(self, slot, tasks):
        while True:
            with self.lock:
                if not tasks:
                    return
                task = tasks.pop(0)
            task(slot)

    def run(self, tasks):
        self.began = time.monotonic()
        struck.together(self.work, [(slot, tasks) for slot in self.slots])

    def whole(self):
        counts = self.counts("place" if self.wanted("place", "main", "ENOMEM") else "")
        points = self.points(counts)
        parts = list(self.parts(points))
        counted = sum(1 + t * self.step(*p[:2]) <= p[3] for p, turns in parts for t in turns)
        print(f"{counted} points of {len(points)} kinds", flush=True)
        if os.environ.get("COUNT"):
            for call, thread, words, least in points:
                print(f"{thread:10} {call:16} {least:5}: {' '.join(words)}")
            return
        self.run([lambda slot, p=p: self.sweep_part(slot, *p) for p in parts])
        if not any(self.only.values()):
            for call, thread in MUST:
                if not any(k[:2] == (call, thread) for k in self.struck):
                    self.faults += 1
                    self.failures.append((call, thread))
                    print(f"FAILED nothing ever struck at {call} of {thread}")

    def quick(self):
        """A few of each kind that ever told something, at the same places each time."""
        counts = self.counts()
        faults = []
        for line in (Path(__file__).parent / "quick.faults").read_text().splitlines():
            words = line.split("#")[0].split()
            if not words:
                continue
            call, thread, how, places = words[0], words[1], words[2], words[3:]
            least = counts.get((call, thread), 0)
            for place in places:
                at = {"late": least - least // 8, "last": least, "middle": (least + 1) // 2}.get(place) or int(place)
                faults.append(struck.Fault(call, thread, at, how))
        print(f"{len(faults)} points")
        self.run([lambda slot, f=f: self.one(slot, f, True) for f in faults])

    def report(self):
        by = collections.defaultdict(dict)
        for (call, thread, how), n in sorted(self.struck.items()):
            by[thread, call][how] = n
        for (thread, call), hows in sorted(by.items()):
            print(f"{thread:10} {call:16} {sum(hows.values()):5} struck: " + ", ".join(f"{how} {n}" for how, n in hows.items()))
        print(f"{self.untouched} of the runs ended before they wrote anything; all others were run on to the end")
        print(f"{self.faults} faults, {self.faults - len(self.failures)} survived")
        return int(bool(self.failures) or not self.faults)


def main():
    sweep = Sweep(Path(sys.argv[1]), manifest.read_lines(sys.argv[2]), int(sys.argv[3]))
    if sweep.quick_part:
        sweep.quick()
    else:
        sweep.whole()
    return sweep.report()


if __name__ == "__main__":
    sys.exit(main())
