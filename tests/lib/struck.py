# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of a program under tests/fault/strike.c, and the page of what was counted (strike.h)."""

import concurrent.futures
import ctypes
import mmap
import os
import struct
import subprocess

CALLS, THREADS, NAME, SEEN = 96, 32, 24, 1 << 16
WANT = struct.Struct(f"{NAME}s{NAME}s{NAME}s2I")
HEAD = WANT.size + 16
SIZE = (HEAD + CALLS * NAME + THREADS * NAME + CALLS * THREADS * 4 + 7) // 8 * 8 + SEEN * 8


ADDR_NO_RANDOMIZE = 0x0040000
libc = ctypes.CDLL(None)


def same_addresses():
    """For preexec_fn: places have the same addresses in each run from here on, where the kernel allows that."""
    libc.personality(ADDR_NO_RANDOMIZE)


def together(function, arguments):
    """The function over each of them, all at once, a thread each. What one of them raises is raised here when all have
    ended: a thread that dies in silence would leave its faults undone, and nobody would ask for them."""
    with concurrent.futures.ThreadPoolExecutor(len(arguments)) as pool:
        for answer in [pool.submit(function, *args) for args in arguments]:
            answer.result()


class Page:
    """Made anew for each run; read afterwards, also of a process that was killed. seen: places that do not count
    any more, as an earlier page's seen() gave them."""

    def __init__(self, path, fault, seen=b""):
        self.path = path
        with open(path, "wb") as file:
            file.write(WANT.pack(fault.call.encode(), fault.thread.encode(), fault.how.encode(), fault.at, fault.on))
            file.truncate(SIZE - SEEN * 8)
            file.seek(0, 2)
            file.write(seen)
            file.truncate(SIZE)

    def seen(self):
        with open(self.path, "rb") as file:
            file.seek(SIZE - SEEN * 8)
            return file.read()

    def read(self):
        with open(self.path, "rb") as file, mmap.mmap(file.fileno(), SIZE, prot=mmap.PROT_READ) as m:
            self.struck, threads, self.synced_badly, self.wrote_after = struct.unpack_from("<4I", m, WANT.size)
            calls = [m[HEAD + i * NAME :][:NAME].split(b"\0")[0].decode() for i in range(CALLS)]
            at = HEAD + CALLS * NAME
            names = [m[at + i * NAME :][:NAME].split(b"\0")[0].decode() for i in range(min(threads, THREADS))]
            at += THREADS * NAME
            counts = struct.unpack_from(f"<{CALLS * THREADS}I", m, at)
        self.counts = {
            (call, name): counts[c * THREADS + t]
            for c, call in enumerate(calls)
            for t, name in enumerate(names)
            if call and counts[c * THREADS + t]
        }
        return self


class Fault:
    """The N-th call of one kind in one thread, and what becomes of it."""

    def __init__(self, call, thread, at, how, on=False):
        self.call, self.thread, self.at, self.how, self.on = call, thread, at, how, on

    def __str__(self):
        return f"{self.how} at {self.call} {self.at} of {self.thread}" + (" and all that follow" if self.on else "")


def preloaded(library, page):
    """What the environment of a program under test needs. DEPTH=N in ours: so many calls tell a place."""
    return {"LD_PRELOAD": str(library), "STRIKE_PAGE": str(page.path), "STRIKE_DEPTH": os.environ.get("DEPTH", "")}


def run(command, page, library, environment, seconds, err_path):
    """Exit status (negative: the signal), None where it did not end in time and was killed."""
    env = dict(environment)
    if library:
        env.update(preloaded(library, page))
    with open(err_path, "ab") as err:
        process = subprocess.Popen(command, env=env, stdin=subprocess.DEVNULL, stdout=err, stderr=err)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None
