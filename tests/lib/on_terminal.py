#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a command on a terminal of its own and prints what that shows.

usage: on_terminal.py COLUMNS [--wide] COMMAND…

--wide: also fails (exit 99) where a line takes more columns than the terminal has, Chinese counted as two; the
line that does is told on standard error. Else the exit status is the command's.
"""

import fcntl
import os
import pty
import re
import struct
import sys
import termios
import unicodedata


def columns(line):
    line = re.sub(r"\x1b\[[0-9;]*[A-Za-z]", "", line)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


width, wide, command = int(sys.argv[1]), sys.argv[2] == "--wide", sys.argv[2:]
if wide:
    command = command[1:]
pid, fd = pty.fork()
if pid == 0:
    fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    os.execvp(command[0], command)
shown = b""
while True:
    try:
        piece = os.read(fd, 65536)
    except OSError:
        break
    if not piece:
        break
    shown += piece
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
text = shown.decode(errors="replace").replace("\r\n", "\n")
sys.stdout.write(text)
if wide:
    for line in text.split("\n"):
        if columns(line) > width:
            print(f"{columns(line)} columns of {width}: {line}", file=sys.stderr)
            status = 99
sys.exit(status)
