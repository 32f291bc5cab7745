#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail program for tests, over IMAPS on 127.0.0.1.

usage: imap.py PORT CA_FILE USER PASSWORD append FILE RFC3339 [FOLDER]   put a mail, received at that time
       imap.py PORT CA_FILE USER PASSWORD put                            many: lines RFC3339 FILE on standard input
       imap.py PORT CA_FILE USER PASSWORD list [FOLDER]                  UID, INTERNALDATE (UTC), flags a line
       imap.py PORT CA_FILE USER PASSWORD show UID [FOLDER]              the mail's bytes
       imap.py PORT CA_FILE USER PASSWORD wait COUNT SECONDS [FOLDER]    until so many mails are there

It never marks a mail as read: what a test finds marked, the program under test has marked.
"""

import imaplib
import re
import ssl
import sys
import time
from datetime import datetime
from pathlib import Path


def die(text):
    sys.exit(f"imap.py: {text}")


def check(answer):
    status, data = answer
    if status != "OK":
        die(f"the server says {status} {data}")
    return data


def count(imap, folder):
    check(imap.select(folder, readonly=True))
    return len(check(imap.uid("SEARCH", "ALL"))[0].split())


def append(imap, file, when, folder="INBOX"):
    mail = Path(file).read_bytes()
    if folder != "INBOX":
        imap.create(folder)
    check(imap.append(folder, None, imaplib.Time2Internaldate(datetime.fromisoformat(when)), mail))


def put(imap):
    for line in sys.stdin:
        when, file = line.rstrip("\n").split(" ", 1)
        append(imap, file, when)


def list_mails(imap, folder="INBOX"):
    if not count(imap, folder):
        return
    for line in check(imap.uid("FETCH", "1:*", "(UID FLAGS INTERNALDATE)")):
        uid = re.search(rb"UID (\d+)", line)[1].decode()
        received = time.gmtime(time.mktime(imaplib.Internaldate2tuple(line)))
        flags = b" ".join(imaplib.ParseFlags(line)).decode()
        print(uid, time.strftime("%Y-%m-%dT%H:%M:%SZ", received), flags)


def show(imap, uid, folder="INBOX"):
    check(imap.select(folder, readonly=True))
    data = check(imap.uid("FETCH", uid, "(BODY.PEEK[])"))
    if not data or data[0] is None:
        die(f"no mail with UID {uid} in {folder}")
    sys.stdout.buffer.write(data[0][1])


def wait(imap, want, seconds, folder="INBOX"):
    end = time.monotonic() + float(seconds)
    while (got := count(imap, folder)) < int(want):
        if time.monotonic() > end:
            die(f"{folder}: {got} mails after {seconds} s, {want} awaited")
        time.sleep(0.2)
        imap.noop()


COMMANDS = {"append": append, "put": put, "list": list_mails, "show": show, "wait": wait}

if __name__ == "__main__":
    port, ca_file, user, password, command, *arguments = sys.argv[1:]
    context = ssl.create_default_context(cafile=ca_file)
    with imaplib.IMAP4_SSL("127.0.0.1", int(port), ssl_context=context) as connection:
        connection.login(user, password)
        COMMANDS[command](connection, *arguments)
