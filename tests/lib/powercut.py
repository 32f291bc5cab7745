#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a power cut may leave of what a run wrote, at each of its steps; and what becomes of it.

usage: powercut.py WORK MANIFEST SLOTS    called by tests/torture, as sweep.py

tests/fault/record.c writes down what a run does to the spool's files. For a cut behind each of its steps this
makes what a disk may hold then (as ALICE and CrashMonkey do). Sure is only what an fsync confirmed: of a file its
bytes, of a directory its names; syncfs confirms all. Of the rest any part may be there: nothing, all, all but
one step, one step alone, all up to a step; a write up to any 512 bytes of it, or with a hole of zeros before
its end. Each of these spools is opened as the daemon does at its start (tests/tools/spool_recover.c) and must be
whole, and all that was true before is there: each line whose fsync was over, and `sending` of each mail that the
server had by then. Some of them (RESTART_EVERY) are then run on against the servers until all is done, and held
against the manifest.

Environment: EVERY=K: a cut behind each K-th step; QUICK=1; SEE=1.
"""

import collections
import hashlib
import itertools
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import manifest
import struck
import sweep

HEAD = struct.Struct("<4I3Q")
ROOT = 0
SECTOR, TORN_MOST = 512, 12
RESTART_EVERY = 150
INDEX = "index.db"
MENDED = ("cut", "swept", "set_aside", "put_back")


class Step:
    """One call that was recorded."""

    def __init__(self, kind, begun, path, to, ino, at, data):
        self.kind, self.begun, self.path, self.to, self.ino, self.at, self.data = kind, begun, path, to, ino, at, data

    def of_index(self):
        return self.path.startswith(INDEX)


def read_steps(path):
    raw, steps, at = Path(path).read_bytes(), [], 0
    while at < len(raw):
        kind, path_len, to_len, data_len, begun, ino, place = HEAD.unpack_from(raw, at)
        at += HEAD.size
        parts = []
        for n in (path_len, to_len, data_len):
            parts.append(raw[at : at + n])
            at += n
        steps.append(Step(chr(kind), begun, parts[0].decode(), parts[1].decode(), ino, place, parts[2]))
    return steps


def apply_write(content, at, data):
    content = content.ljust(at, b"\0")
    return content[:at] + data + content[at + len(data) :]


class Disk:
    """What is sure (names by directory, bytes by file), and the steps that are not, in order."""

    def __init__(self):
        self.now = {}  # files by their path, were nothing ever lost
        self.names = {"": {}}  # of each directory that ever was, by its path: name to file or directory
        self.bytes = {}
        self.pending = []
        self.fresh = 0
        self.ids = {}  # inode to our number, which is never used again

    def number(self, ino, new=False):
        if new or ino not in self.ids:
            self.fresh += 1
            self.ids[ino] = self.fresh
            self.bytes[self.fresh] = b""
        return self.ids[ino]

    def do(self, step):
        """One step is made; what it makes sure leaves `pending`."""
        kind = step.kind
        if kind == "A":
            self.settle(lambda p: True)
        elif kind == "S":
            directory = step.path if step.path in self.names else None
            if directory is not None:
                self.settle(lambda p: directory in p.directories)
            else:
                number = self.number(step.ino)
                self.settle(lambda p: p.number == number)
        else:
            self.pending.append(self.pend(step))

    def pend(self, step):
        step.number, step.directories = None, ()
        up = os.path.dirname(step.path)
        if step.kind in "CM":
            step.made = self.number(step.ino, new=True) if step.kind == "C" else step.path
            step.directories = (up,)
            if step.kind == "M":
                self.names.setdefault(step.path, {})
            else:
                self.now[step.path] = step.made
        elif step.kind == "R":
            step.moved = self.now[step.to] = self.now.pop(step.path)
            step.directories = (up, os.path.dirname(step.to))
        elif step.kind == "U":
            self.now.pop(step.path, None)
            step.directories = (up,)
        else:
            step.number = self.number(step.ino)
        return step

    def settle(self, is_sure):
        apply(self.names, self.bytes, [p for p in self.pending if is_sure(p)])
        self.pending = [p for p in self.pending if not is_sure(p)]


def apply(names, contents, steps, torn=None):
    """Steps, as far as they go: a file that is not there cannot be moved. torn: (step, its bytes now)."""
    for p in steps:
        directory, name = os.path.split(p.path)
        if p.kind in "CM":
            names.setdefault(directory, {})[name] = p.made
            if p.kind == "M":
                names.setdefault(p.path, {})
        elif p.kind == "R":
            # whatever has the old name now: a `create` may be lost, and its `rename` not
            names.get(directory, {}).pop(name, None)
            names.setdefault(os.path.dirname(p.to), {})[os.path.basename(p.to)] = p.moved
        elif p.kind == "U":
            names.get(directory, {}).pop(name, None)
        elif p.kind == "W":
            data = torn[1] if torn and torn[0] is p else p.data
            if data is not None:
                contents[p.number] = apply_write(contents[p.number], p.at, data)
        elif p.kind == "T":
            contents[p.number] = contents[p.number][: p.at].ljust(p.at, b"\0")


def torn_writes(step):
    """The bytes of a write, as a cut may leave them: up to a sector's border, or a hole before the end."""
    first = SECTOR - step.at % SECTOR
    borders = list(range(first, len(step.data), SECTOR))
    if len(borders) > TORN_MOST:
        borders = borders[: TORN_MOST // 2] + borders[-TORN_MOST // 2 :]
    yield step.data[: len(step.data) // 2]
    for border in borders:
        yield step.data[:border]
        yield step.data[:border] + bytes(len(step.data) - border)
        yield bytes(border) + step.data[border:]
    yield bytes(len(step.data))


def parts(pending):
    """Lists of the steps that are there, with the one that is torn."""
    ours = [p for p in pending if not p.of_index()]
    index = [p for p in pending if p.of_index()]
    yield [], None
    yield pending, None
    for some in ([], index, index[: len(index) // 2], index[-1:]):
        yield ours + some, None
    for p in ours:
        for others in ([], index):
            yield [p] + others, None
            yield [q for q in ours if q is not p] + others, None
            yield ours[: ours.index(p)] + others, None
    for p in index[-3:]:
        yield [q for q in pending if q is not p], None
        yield ours + [p], None
    for p in [q for q in ours[-3:] + index[-1:] if q.kind == "W"]:
        for data in torn_writes(p):
            yield pending, (p, data)


class Cut:
    """What a disk may hold: directories, and files with their bytes."""

    def __init__(self, disk, steps, torn):
        names = {d: dict(n) for d, n in disk.names.items()}
        contents = dict(disk.bytes)
        apply(names, contents, steps, torn)
        self.files, self.directories = {}, []
        self.walk(names, contents, "")

    def walk(self, names, contents, directory):
        for name, what in names.get(directory, {}).items():
            path = f"{directory}/{name}" if directory else name
            if isinstance(what, str):
                self.directories.append(path)
                self.walk(names, contents, what)
            elif what is not None:
                self.files[path] = contents[what]

    def key(self):
        h = hashlib.sha256()
        for path in sorted(self.directories):
            h.update(path.encode() + b"\0")
        for path, data in sorted(self.files.items()):
            h.update(path.encode() + b"\0" + hashlib.sha256(data).digest())
        return h.digest()

    def write(self, folder):
        folder.mkdir(mode=0o700)
        for path in self.directories:
            (folder / path).mkdir(mode=0o700, parents=True, exist_ok=True)
        for path, data in self.files.items():
            (folder / path).write_bytes(data)


class Recoverer:
    """The program that opens spools, fed one by one."""

    def __init__(self):
        self.process = subprocess.Popen(
            [f"{os.environ['BUILD']}/tools/spool_recover"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, folder):
        self.process.stdin.write(f"{folder}\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if line:
            return json.loads(line)
        status = self.process.wait()
        self.__init__()
        return {"error": f"the program ended with {status}"}


class Replay:
    def __init__(self, work, mails, slots):
        self.slots = [sweep.Slot(work, n) for n in range(1, slots + 1)]
        self.mails, self.work_dir = mails, work
        self.quick = os.environ.get("QUICK") == "1"
        self.every = int(os.environ.get("EVERY", "23" if self.quick else "1"))
        self.lock = threading.Lock()
        self.cuts = self.restarts = 0
        self.failures = []
        self.kinds = collections.Counter()
        self.cut_logs = 0
        self.seen = set()

    # recording

    def record(self, slot, name, hours):
        """Runs recorded one after the other, each with its clock so many hours on."""
        file = self.work_dir / name
        for h in hours:
            env = {**slot.env, "LD_PRELOAD": str(slot.build / "fault" / "record.so"), "RECORD": str(file),
                   "RECORD_BELOW": str(slot.spool)}
            if h:
                env["MINGPIAN_NOW"] = (datetime.now().astimezone() + timedelta(hours=h)).isoformat(timespec="seconds")
            with open(slot.err, "ab") as err:
                status = subprocess.run([str(slot.build / "mingpiand"), *slot.config(), "--once"], env=env,
                                        stdin=subprocess.DEVNULL, stdout=err, stderr=err, timeout=sweep.SECONDS, check=False).returncode
            if status:
                sys.exit(f"a run that is recorded ends with {status}: {slot.err.read_text()}")
        return [s for s in read_steps(file) if s.path or s.kind != "M"]  # the spool itself is there

    # one cut

    def look(self, cut, truth, recoverer, folder, slot):
        shutil.rmtree(folder, ignore_errors=True)
        cut.write(folder)
        answer = recoverer.ask(folder)
        wrong = []
        if "error" in answer:
            wrong.append(f"it does not open: {answer['error']}")
        else:
            wrong += answer["faults"]
            if answer["missing"]:
                wrong.append(f"{answer['missing']} files that the log names are missing")
            wrong += self.missing_truth(folder, truth, answer)
        with self.lock:
            self.cuts += 1
            self.cut_logs += bool(answer.get("cut"))
            restart = not wrong and self.cuts % RESTART_EVERY == 0
        if restart:
            wrong += self.restart(folder, truth, slot)
        return wrong

    def missing_truth(self, folder, truth, answer):
        wrong = []
        for path, data in truth["log"].items():
            there = (folder / path).read_bytes() if (folder / path).exists() else b""
            if not there.startswith(data):
                wrong.append(f"{path} lost lines that were true: {len(there)} bytes, {len(data)} were sure")
        lines = manifest.read_log(folder)
        sending = {line["reply"] for line in lines if line["event"] == "sending"}
        wrong += [f"the server had {r}, and no line says `sending`" for r in truth["told"] if r not in sending]
        # what an opening logs of its mending stands at the end
        ended = itertools.takewhile(lambda line: line["event"] in MENDED, reversed(lines))
        if answer["cut"] > sum(line["event"] == "cut" for line in ended):
            wrong.append("a torn end was cut, and the log does not say so")
        return wrong

    def restart(self, folder, truth, slot):
        slot.clean()
        shutil.copytree(folder, slot.spool)
        slot.smtp_log.write_text("".join(json.dumps(line) + "\n" for line in truth["taken"]))
        status = slot.restart()
        wrong = [f"the run after it: {status}"] if status else []
        with self.lock:
            self.restarts += 1
        return wrong + slot.look(self.mails)

    # all cuts of a recording

    def truths(self, steps, smtp, base):
        """Behind each step: the bytes of the log that are sure, and what the server has."""
        disk, log, truths = base(), {}, []
        for k, step in enumerate(steps):
            disk.do(step)
            if step.kind in "SA":
                for path, number in disk.names.get("log", {}).items():
                    if path.endswith(".jsonl") and (step.kind == "A" or step.path == f"log/{path}"):
                        log[f"log/{path}"] = disk.bytes[number]
            end = steps[k + 1].begun if k + 1 < len(steps) else 1 << 63
            taken = [line for line in smtp if line["t"] * 1e9 < end]
            told = [re.match(r"<mingpian\.(.+)@", line["id"])[1] for line in taken]
            truths.append({"log": dict(log), "told": told, "taken": taken})
        return truths

    def cuts_of(self, steps, truths, base):
        disk = base()
        for k, step in enumerate(steps):
            disk.do(step)
            if k % self.every:
                continue
            for some, torn in parts(disk.pending):
                cut = Cut(disk, some, torn)
                # equal bytes under a weaker truth need no second look
                key = (cut.key(), len(truths[k]["told"]), tuple(map(len, truths[k]["log"].values())))
                if key not in self.seen:
                    self.seen.add(key)
                    yield k, cut, truths[k], "torn" if torn else "all" if some == disk.pending else "none" if not some else "some"

    def work(self, slot, cuts, name, steps):
        recoverer = Recoverer()
        folder = Path(tempfile.mkdtemp(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)) / "spool"
        while True:
            with self.lock:
                item = next(cuts, None)
            if not item:
                break
            k, cut, truth, kind = item
            try:
                wrong = self.look(cut, truth, recoverer, folder, slot)
            except (OSError, subprocess.SubprocessError, ValueError, KeyError) as e:
                wrong = [f"what it left cannot be looked at: {e!r}"]
            with self.lock:
                self.kinds[name, steps[k].kind, kind] += 1
                if wrong:
                    self.failures.append(k)
                    print(f"FAILED a cut behind step {k} of {name} ({steps[k].kind} {steps[k].path}), {kind} of what was not sure:",
                          *wrong[:5], sep="\n    ", flush=True)
                    if os.environ.get("KEEP"):
                        cut.write(self.work_dir / f"cut{len(self.failures)}")
                elif self.cuts % 2000 == 0:
                    print(f"… {self.cuts} cuts, {len(self.failures)} failed", flush=True)
        recoverer.process.stdin.close()
        recoverer.process.wait()
        shutil.rmtree(folder.parent)

    def replay(self, name, steps, smtp, base):
        truths = self.truths(steps, smtp, base)
        cuts = self.cuts_of(steps, truths, base)
        struck.together(self.work, [(slot, cuts, name, steps) for slot in self.slots])

    def run(self):
        slot = self.slots[0]
        slot.clean()
        steps = self.record(slot, "recorded", [0, 24 * 35])  # the second one begins another month
        smtp = manifest.read_smtp(slot.smtp_log)
        print(f"{len(steps)} steps recorded: " + ", ".join(f"{k} {n}" for k, n in sorted(collections.Counter(s.kind for s in steps).items())), flush=True)
        self.replay("a run", steps, smtp, Disk)
        self.run_recovery(steps, smtp)
        for (name, kind, part), n in sorted(self.kinds.items()):
            print(f"{name}: behind {kind}, {part} of what was not sure: {n}")
        print(f"{self.cut_logs} torn ends were cut, {self.restarts} spools run on to the end")
        if not self.cut_logs or not (self.restarts or self.quick):
            self.failures.append("blind")
            print("FAILED no torn end, or no spool run on: the replay has gone blind")
        print(f"{self.cuts} faults, {self.cuts - len(self.failures)} survived")
        return int(bool(self.failures))

    def run_recovery(self, steps, smtp):
        """Recovery is a run as well: a cut in the midst of cutting and sweeping."""
        disk, last = Disk(), None
        for k, s in enumerate(steps):
            if s.kind == "W" and s.path.startswith("log/") and len(s.data) > 2 * SECTOR:
                last = k
        for s in steps[: last + 1]:
            disk.do(s)
        torn = disk.pending[-1]
        cut = Cut(disk, disk.pending, (torn, torn.data[: len(torn.data) // 2]))
        slot = self.slots[0]
        slot.clean()
        cut.files.pop("lock", None)
        cut.files["mail/ab/.aside"] = b"torn"
        if "mail/ab" not in cut.directories:
            cut.directories.append("mail/ab")
        cut.write(slot.spool)
        inos = {p.stat().st_ino: str(p.relative_to(slot.spool)) for p in slot.spool.rglob("*")}
        again = self.record(slot, "recorded-recovery", [1])

        def base():
            d = Disk()
            for path in sorted(cut.directories):
                d.names.setdefault(os.path.dirname(path), {})[os.path.basename(path)] = path
                d.names.setdefault(path, {})
            for ino, path in inos.items():
                if path in cut.files:
                    number = d.number(ino)
                    d.bytes[number] = cut.files[path]
                    d.now[path] = number
                    d.names[os.path.dirname(path)][os.path.basename(path)] = number
            return d

        before = [line for line in smtp if line["t"] * 1e9 < steps[last].begun]
        self.replay("a recovery", again, before + manifest.read_smtp(slot.smtp_log), base)


def main():
    return Replay(Path(sys.argv[1]), manifest.read_lines(sys.argv[2]), int(sys.argv[3])).run()


if __name__ == "__main__":
    sys.exit(main())
