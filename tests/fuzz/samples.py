#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""usage: samples.py MAILS OUT: the attachments of all sample mails, as files that end by their kind, for the fuzzers."""

import email
import sys
from pathlib import Path

BEGINS = [(b"%PDF", "pdf"), (b"{\\rtf", "rtf"), (b"Rar!", "rar"), (b"7z\xbc\xaf", "7z"), (b"\x78\x9f\x3e\x22", "tnef")]
IN_ZIP = [(b"word/", "docx"), (b"xl/", "xlsx"), (b"oasis.opendocument.text", "odt"), (b"OFD.xml", "ofd")]
IN_OLE = [("WordDocument", "doc"), ("Workbook", "xls"), ("Book", "xls"), ("__substg1.0", "msg")]
BY_TYPE = {"text/html": "html", "text/plain": "txt", "text/csv": "csv"}


def ending(content, part):
    name = str(part.get_filename() or "").lower()
    if content.startswith(b"PK"):
        return next((kind for mark, kind in IN_ZIP if mark in content), "zip")
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        return next((kind for mark, kind in IN_OLE if mark.encode("utf-16-le") in content), "ole")
    if b"multipart/related" in content[:2000]:
        return "mht"
    if name.endswith(".csv"):
        return "csv"
    return next((kind for mark, kind in BEGINS if content.startswith(mark)), BY_TYPE.get(part.get_content_type(), "bin"))


mails, out = map(Path, sys.argv[1:])
out.mkdir(parents=True, exist_ok=True)
for path in sorted(mails.glob("*/message.eml")):
    for n, part in enumerate(email.message_from_bytes(path.read_bytes()).walk()):
        content = None if part.is_multipart() else part.get_payload(decode=True)
        if content:
            (out / f"{path.parent.name}-{n}.{ending(content, part)}").write_bytes(content)
