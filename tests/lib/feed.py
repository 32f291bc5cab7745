#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts the mails of the lists DIR/put-NAME into their mailboxes, evenly over so many seconds.

usage: feed.py PORT CA_FILE DIR SECONDS      DIR/passwd has the passwords

A server that is away, or hangs, is asked again; what it may or may not have taken is looked up before it is
put again, so that each mail lies there once.
"""

import imaplib
import re
import ssl
import sys
import threading
import time
from datetime import datetime
from pathlib import Path

port, ca_file, folder, seconds = int(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), float(sys.argv[4])
passwords = dict(line.split(":{PLAIN}") for line in (folder / "passwd").read_text().split())


def connect(user):
    imap = imaplib.IMAP4_SSL("127.0.0.1", port, ssl_context=ssl.create_default_context(cafile=ca_file), timeout=30)
    imap.login(user, passwords[user])
    imap.select("INBOX", readonly=True)
    return imap


def is_there(imap, data):
    name = re.search(rb"^message-id:\s*(\S+)", data, re.I | re.M)[1].decode()
    return bool(imap.uid("SEARCH", "HEADER", "Message-ID", f'"{name}"')[1][0].split())


def put(user, imap, data, when):
    """The connection afterwards; the mail is there."""
    doubtful = False
    while True:
        try:
            imap = imap or connect(user)
            if doubtful and is_there(imap, data):
                return imap
            doubtful = True
            if imap.append("INBOX", None, imaplib.Time2Internaldate(datetime.fromisoformat(when)), data)[0] == "OK":
                return imap
        except (OSError, imaplib.IMAP4.error):
            imap = None
        time.sleep(1)


def feed(user):
    lines = (folder / f"put-{user}").read_text().splitlines()
    begun, imap = time.monotonic(), None
    for n, line in enumerate(lines):
        time.sleep(max(0.0, begun + n * seconds / len(lines) - time.monotonic()))
        when, file = line.split(" ", 1)
        imap = put(user, imap, Path(file).read_bytes(), when)


threads = [threading.Thread(target=feed, args=(user,)) for user in passwords]
for t in threads:
    t.start()
for t in threads:
    t.join()
