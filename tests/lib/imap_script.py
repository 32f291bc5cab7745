#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""An IMAP server that misbehaves as told: imap_script.py FAULT [LOG [CERT KEY]]

Prints "READY PORT", then answers any number of connections on 127.0.0.1, with TLS where it is given a certificate. It holds five mails,
UID 1 to 5, received on 2022-06-10, and has no IDLE unless told. Commands that came in are written to LOG. FAULT is one of
  none          behaves
  cut           closes the connection in the middle of the first literal, on the first connection only
  silent        says nothing more once mail is fetched
  noidle        offers IDLE, and refuses it
  goodbye       answers LOGOUT with news, again and again, without end
  slow          takes 1.5 seconds for the bytes of UID 3, and is never silent for long
  huge          announces a literal of 9 GB
  forged        a mail's text looks like answers
  gone          UID 3 is listed and then not given
  unlisted      the size of UID 3 is refused, the others' are given
  damaged       UID 3 cannot be read: a FETCH ends there, and with NO
  quoted        answers as some servers do: spaces, lower case, UID last, unsolicited news between
  disorder      answers the first FETCH of bodies last, behind those that came after it
  split         says size, date and flags of a mail one by one, from the last mail to the first; UID 2 is answered
  novalidity    EXAMINE gives no UIDVALIDITY
  newvalidity   UIDVALIDITY is another one at each EXAMINE
  busy          the login is refused with [UNAVAILABLE]
  bye           BYE in the middle of a FETCH, on the first connection only
  id            refuses EXAMINE before ID, as NetEase does
  hang:COMMAND  says nothing more once this command came (EXAMINE, SEARCH, FETCH: the list of sizes)
  leave:COMMAND closes the connection once this command came
  refuse        UID FETCH of bodies is answered with NO
"""

import re
import socket
import ssl
import sys
import threading
import time

FAULT = sys.argv[1]
LOG = open(sys.argv[2], "a", encoding="utf-8", buffering=1) if len(sys.argv) > 2 else None
TEXT = b"Subject: x\r\n\r\nx7 OK done\r\n* 1 FETCH (UID 9 BODY[] {3}\r\nabc)\r\n)\r\n"


def uids(text):
    for part in text.split(","):
        first, _, last = part.partition(":")
        last = 5 if last == "*" else int(last or first)
        yield from range(int(first), min(last, 5) + 1)


class Connection(threading.Thread):
    count = 0
    validity = 100

    def __init__(self, sock):
        super().__init__(daemon=True)
        Connection.count += 1
        self.first = Connection.count == 1
        self.sock = sock
        self.identified = False
        self.held = None

    def say(self, line):
        self.sock.sendall(line + b"\r\n")

    def run(self):
        try:
            self.say(b"* OK hello {5}")
            for line in self.sock.makefile("rb"):
                line = line.decode().strip()
                if LOG:
                    LOG.write(line + "\n")
                tag, command, *rest = line.split(" ", 2)
                if self.answer(tag.encode(), command.upper(), rest[0] if rest else "") is False:
                    break
        except OSError:
            pass
        self.sock.close()

    def answer(self, tag, command, rest):
        result = b"OK done {7}"
        if FAULT.startswith("hang:") and FAULT[5:] in (command, rest.split(" ")[0].upper()):
            threading.Event().wait()
        if FAULT == "leave:" + command:
            return False
        if command == "CAPABILITY":
            self.say(b"* CAPABILITY IMAP4rev1 ID" + (b" IDLE" if FAULT == "noidle" else b""))
        elif command in ("LOGIN", "AUTHENTICATE") and FAULT == "busy":
            result = b"NO [UNAVAILABLE] too busy"
        elif command == "IDLE":
            result = b"NO not today"
        elif command == "ID":
            self.identified = True
            self.say(b'* ID ("name" "script")')
        elif command == "EXAMINE":
            if FAULT == "id" and not self.identified:
                result = b"NO EXAMINE Unsafe Login. Please contact kefu@188.com for help"
            else:
                self.examine()
        elif command == "UID" and rest.upper().startswith("SEARCH"):
            found = uids(rest.split()[-1]) if "UID" in rest.upper() else range(1, 6)
            self.say(b"* SEARCH " + b" ".join(b"%d" % uid for uid in (list(found) or [5])))
        elif command == "UID":
            result = self.fetch(tag, *re.match(r"(?i)FETCH ([0-9:,*]+) (.*)", rest).groups())
        elif command == "LOGOUT" and FAULT == "goodbye":
            while True:
                self.say(b"* OK still here")
                time.sleep(0.1)
        elif command == "LOGOUT":
            self.say(b"* BYE")
        if result is None:
            return False
        if result:
            self.say(tag + b" " + result)
        return command != "LOGOUT"

    def examine(self):
        self.say(b"* 5 EXISTS")
        if FAULT == "newvalidity":
            Connection.validity += 1
        if FAULT != "novalidity":
            self.say(b"* OK [UIDVALIDITY %d] yes" % Connection.validity)

    def give(self, uid):
        self.say(b"* %d FETCH (UID %d BODY[] {%d}\r\n%s)" % (uid, uid, len(TEXT), TEXT))

    def split(self, which):
        asked = sorted(uids(which), reverse=True)
        for uid in asked:
            self.say(b"* %d FETCH (UID %d FLAGS (%s))" % (uid, uid, b"\\Answered" if uid == 2 else b""))
        for uid in asked:
            self.say(b"* %d FETCH (UID %d RFC822.SIZE %d)" % (uid, uid, len(TEXT)))
        for uid in asked:
            self.say(b'* %d FETCH (UID %d INTERNALDATE "10-Jun-2022 10:05:00 +0800")' % (uid, uid))
        return b"OK listed"

    def disorder(self, tag, which):
        if not self.held:
            self.held = tag
            return b""
        if which == "3":
            self.give(1)
        self.give(int(which))
        if which != "5":
            return b"OK fetched"
        self.say(tag + b" OK fetched")
        self.say(self.held + b" OK fetched")
        return b""

    def fetch(self, tag, which, items):
        bodies = "BODY.PEEK[]" in items
        if FAULT == "split" and not bodies:
            return self.split(which)
        if FAULT == "disorder" and bodies:
            return self.disorder(tag, which)
        if not bodies:
            for uid in uids(which):
                if FAULT == "unlisted" and uid == 3:
                    continue
                self.say(b'* %d FETCH (UID %d INTERNALDATE "10-Jun-2022 10:05:00 +0800" RFC822.SIZE %d FLAGS ())'
                         % (uid, uid, 5 << 20 if FAULT == "disorder" else len(TEXT)))  # each in a command of its own
            return b"NO [SERVERBUG] some are damaged" if FAULT == "unlisted" else b"OK listed"
        if FAULT == "refuse":
            return b"NO cannot read"
        for uid in uids(which):
            if FAULT == "silent":
                threading.Event().wait()
            if FAULT == "huge":
                self.say(b"* %d FETCH (UID %d BODY[] {9000000000}" % (uid, uid))
            elif FAULT == "bye" and self.first and uid == 3:
                self.say(b"* BYE going down")
                return None
            elif FAULT == "cut" and self.first and uid == 3:
                self.sock.sendall(b"* 3 FETCH (UID 3 BODY[] {%d}\r\nSubj" % len(TEXT))
                return None
            elif FAULT == "damaged" and uid == 3:
                return b"NO [SERVERBUG] damaged"
            elif FAULT == "slow" and uid == 3:
                self.sock.sendall(b"* 3 FETCH (UID 3 BODY[] {%d}\r\n" % len(TEXT))
                for i in range(0, len(TEXT), 13):
                    time.sleep(0.3)
                    self.sock.sendall(TEXT[i : i + 13])
                self.say(b")")
            elif FAULT == "gone" and uid == 3:
                continue
            elif FAULT == "quoted":
                self.say(b"* %d fetch ( flags (\\Seen) body[] {%d}\r\n%s uid %d )" % (uid, len(TEXT), TEXT, uid))
                self.say(b"* 6 EXISTS\r\n* 1 FETCH (UID 1 FLAGS ())\r\n* OK still here {5}")
            else:
                self.give(uid)
        return b"OK fetched"


def main():
    tls = None
    if len(sys.argv) > 4:
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(sys.argv[3], sys.argv[4])
    with socket.create_server(("127.0.0.1", 0)) as server:
        print("READY", server.getsockname()[1], flush=True)
        while True:
            sock = server.accept()[0]
            try:
                Connection(tls.wrap_socket(sock, server_side=True) if tls else sock).start()
            except OSError:
                sock.close()


if __name__ == "__main__":
    main()
