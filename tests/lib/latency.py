#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a sender waits: from a mail's delivery to its reply's arrival at the SMTP server.

usage: latency.py COUNT SAMPLE.eml IMAPS_PORT LMTP_PORT CA_FILE USER PASSWORD SMTP_LOG

Delivers COUNT mails by LMTP to USER, whose mailbox a running mingpiand watches by IDLE, each the sample with
another region and sender, one after the other. Beside it a client that does nothing but IDLE says when the
server tells of the mail: that is the server's own delay. The reply's time is the one that smtpd.py writes when
it has the whole of it. Prints a line for each: milliseconds to the notice, and from there to the reply.
"""

import email
import email.policy
import io
import json
import random
import smtplib
import socket
import ssl
import sys
import threading
import time
import zipfile


class Idler(threading.Thread):
    """A bare IDLE client: notes when the server says EXISTS."""

    def __init__(self, port, ca_file, user, password):
        super().__init__(daemon=True)
        tls = ssl.create_default_context(cafile=ca_file)
        self.file = tls.wrap_socket(socket.create_connection(("127.0.0.1", port)), server_hostname="127.0.0.1").makefile("rwb")
        self.file.readline()
        for command in (f"a LOGIN {user} {password}", "b EXAMINE INBOX"):
            self.say(command)
            while not self.file.readline().startswith(command[:2].encode()):
                pass
        self.say("c IDLE")
        self.file.readline()
        self.told = []
        self.start()

    def say(self, line):
        self.file.write(line.encode() + b"\r\n")
        self.file.flush()

    def run(self):
        for line in self.file:
            if line.split()[2:] == [b"EXISTS"]:
                self.told.append(time.time())


def mail_of(sample, number):
    """The sample from another sender, for another region."""
    mail = email.message_from_bytes(sample, policy=email.policy.SMTP)
    sender = f"sender{number}@d{number}.example.org"
    mail.replace_header("From", sender)
    mail.replace_header("Message-ID", f"<{number}.{random.random()}@latency>")
    for part in mail.walk():
        if not part.get_filename():
            continue
        old, new = zipfile.ZipFile(io.BytesIO(part.get_content())), io.BytesIO()
        with zipfile.ZipFile(new, "w", zipfile.ZIP_DEFLATED) as out:
            for name in old.namelist():
                data = old.read(name)
                if name == "word/document.xml":
                    data = data.replace("苏州市昆山市".encode(), f"苏州市昆山市第{number}产业园".encode())
                out.writestr(name, data)
        kind, name = part.get_content_type().split("/"), part.get_filename()
        part.set_content(new.getvalue(), *kind, filename=name, disposition="attachment")
    return sender, mail.as_bytes()


def reply_to(log, sender, until):
    """When the SMTP server had the whole reply."""
    while time.time() < until:
        with open(log, encoding="utf-8") as file:
            for line in file:
                entry = json.loads(line) if line.endswith("\n") else {}
                if entry.get("ev") == "data" and sender in entry["to"]:
                    return entry["t"]
        time.sleep(0.02)
    return None


def main():
    count, sample, imaps, lmtp, ca_file, user, password, log = sys.argv[1:]
    with open(sample, "rb") as file:
        sample = file.read()
    idler = Idler(int(imaps), ca_file, user, password)
    for number in range(int(count)):
        sender, mail = mail_of(sample, number)
        before = len(idler.told)
        with smtplib.LMTP("127.0.0.1", int(lmtp)) as server:
            begin = time.time()
            server.sendmail(sender, [user], mail)
        replied = reply_to(log, sender, begin + 30)
        if not replied or len(idler.told) == before:
            sys.exit(f"mail {number}: no {'notice' if replied else 'reply'} in half a minute")
        told = idler.told[before]
        print(f"{(told - begin) * 1000:.1f}\t{(replied - told) * 1000:.1f}", flush=True)
        time.sleep(random.uniform(0.3, 1.2))


main()
