#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows a mail as its receiver sees it, and saves its parts.

usage: letter.py MAIL.eml STEM     prints the plain text; writes STEM.eml, STEM.html and attachments STEM-NAME
"""

import email
import email.header
import email.policy
import shutil
import sys
from pathlib import Path

path, stem = Path(sys.argv[1]), sys.argv[2]
mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
shutil.copyfile(path, stem + ".eml")
raw = email.message_from_bytes(path.read_bytes())
for name, label in (("From", "发件人"), ("To", "收件人"), ("Subject", "主题")):
    # not mail[name]: Python's newer parser leaves the blank between two encoded words (RFC 2047, 6.2) standing
    print(f"{label}：{email.header.make_header(email.header.decode_header(raw[name]))}")
attached = [part for part in mail.iter_attachments()]
for part in attached:
    name = Path(part.get_filename()).name
    Path(f"{stem}-{name}").write_bytes(part.get_content())
    print(f"附件：{name}")
print()
print(mail.get_body(("plain",)).get_content().rstrip())
Path(stem + ".html").write_text(mail.get_body(("html",)).get_content(), "utf-8")
