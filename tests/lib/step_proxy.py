#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way to a real server that goes bad at one step of the dialogue:
step_proxy.py (imap|smtp) PORT DIR SWITCH LOG

DIR holds cert.pem, key.pem, ca.pem. Prints "READY PORT" and hands on connections to PORT of 127.0.0.1, TLS on both
sides, so that the steps can be told. SWITCH, looked at when a connection comes, says "STEP HOW"; not there: all goes
through. HOW is
  hang   from that step on nothing is handed on, and both connections stay open
  close  both are closed
  bye    the client is told BYE (IMAP) or 421 (SMTP) instead of the answer, then both are closed
STEP, for both: tls (no handshake is made), greeting. IMAP: LOGIN EXAMINE SEARCH FETCH IDLE: that command does not
reach the server; literal: the server's first mail is cut in the midst. SMTP: EHLO AUTH MAIL RCPT DATA: likewise; dot:
the server has the whole mail and answers, and the answer is not handed on.
Each connection is a line in LOG: its time, the step that struck, or nothing."""

import re
import socket
import ssl
import sys
import threading
import time
from pathlib import Path

KIND, PORT, DIR, SWITCH, LOG = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]), Path(sys.argv[4]), Path(sys.argv[5])
COMMANDS = {
    "LOGIN": rb"^\S+ (LOGIN|AUTHENTICATE) ",
    "EXAMINE": rb"^\S+ EXAMINE ",
    "SEARCH": rb"^\S+ UID SEARCH ",
    "FETCH": rb"^\S+ UID FETCH ",
    "IDLE": rb"^\S+ IDLE\r",
    "EHLO": rb"^EHLO ",
    "AUTH": rb"^AUTH ",
    "MAIL": rb"^MAIL ",
    "RCPT": rb"^RCPT ",
    "DATA": rb"^DATA\r",
}
LAST_WORDS = {"imap": b"* BYE going down for maintenance\r\n", "smtp": b"421 4.3.2 going down for maintenance\r\n"}
LITERAL = re.compile(rb"BODY\[\][^{]*\{(\d+)\}\r\n")
lock = threading.Lock()
HELD = []  # those that hang: else their sockets would be closed


def contexts():
    near = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    near.load_cert_chain(DIR / "cert.pem", DIR / "key.pem")
    return near, ssl.create_default_context(cafile=DIR / "ca.pem")


NEAR, FAR = contexts()


class Way:
    def __init__(self, sock):
        words = SWITCH.read_text(encoding="utf-8").split() if SWITCH.exists() else ["", ""]
        self.step, self.how = words
        self.near, self.far = sock, None
        self.struck = threading.Event()
        self.mail = self.said = False  # SMTP: the mail's bytes are on their way; the dot is out

    def strike(self):
        """From now on nothing passes."""
        if self.struck.is_set():
            return
        self.struck.set()
        HELD.append(self)
        self.log(self.step)
        if self.how == "bye":
            try:
                self.near.sendall(LAST_WORDS[KIND])
            except OSError:
                pass
        if self.how != "hang":
            self.close()

    def close(self):
        for end in (self.near, self.far):
            try:
                if end:
                    end.shutdown(socket.SHUT_RDWR)
                    end.close()
            except OSError:
                pass

    def log(self, what):
        with lock, LOG.open("a", encoding="utf-8") as log:
            log.write("%.1f %s\n" % (time.time(), what))

    def run(self):
        self.log("")
        try:
            if self.step == "tls":
                return self.strike()
            self.near = NEAR.wrap_socket(self.near, server_side=True)
            self.far = FAR.wrap_socket(socket.create_connection(("127.0.0.1", PORT)), server_hostname="localhost")
            if self.step == "greeting":
                return self.strike()
            threading.Thread(target=self.guard, args=(self.from_server,), daemon=True).start()
            self.from_client()
        except OSError:
            pass
        if not self.struck.is_set():
            self.close()

    def guard(self, function):
        try:
            function()
        except OSError:
            pass
        if not self.struck.is_set():
            self.close()

    def from_client(self):
        held = b""
        while data := self.near.recv(65536):
            if self.struck.is_set():
                return
            held += data
            while b"\n" in held:
                line, _, held = held.partition(b"\n")
                self.line(line + b"\n")
                if self.struck.is_set():
                    return

    def line(self, line):
        command = COMMANDS.get(self.step)
        if not self.mail and command and re.match(command, line, re.I):
            return self.strike()
        if KIND == "smtp" and line == b".\r\n" and self.mail:
            self.said, self.mail = self.step == "dot", False
        elif KIND == "smtp" and re.match(rb"DATA\r", line, re.I):
            self.mail = True
        self.far.sendall(line)

    def from_server(self):
        held = b""
        while data := self.far.recv(65536):
            if self.struck.is_set():
                return
            if self.said:
                return self.strike()
            held = (held + data)[-200000:]
            found = LITERAL.search(held) if self.step == "literal" else None
            if found:
                self.near.sendall(data[: -min(len(data) - 1, int(found[1]) // 2)])
                return self.strike()
            self.near.sendall(data)


def main():
    with socket.create_server(("127.0.0.1", 0)) as server:
        print("READY", server.getsockname()[1], flush=True)
        while True:
            threading.Thread(target=Way(server.accept()[0]).run, daemon=True).start()


if __name__ == "__main__":
    main()
