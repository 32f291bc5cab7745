#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mail server for tests: takes mail by SMTP, fails when told to.

usage: smtpd.py DIR [LMTP_PORT [STARTTLS_PORT SMTPS_PORT]]

DIR holds cert.pem, key.pem and passwd (lines of user:{PLAIN}password). Two ports of 127.0.0.1 are
opened, chosen by the system or given: one with STARTTLS, which is required, one with TLS from the start. Both ask
for a login. When they listen, "READY STARTTLS_PORT SMTPS_PORT" is printed.

Mail is handed on by LMTP, to a Dovecot on LMTP_PORT, one recipient a transaction; without that port, or
with 0, it is put into DIR/Maildir. Every login, recipient and mail is a line of JSON in DIR/smtp.log; of
a mail its Message-ID, the SHA-256 of its bytes, and whether it was taken.

DIR/faults.json, read again at every command, says what goes wrong:
  {"mail": {"FROM": "550 5.7.1 no"},                  the answer to MAIL FROM:<FROM>
   "rcpt": {"TO": "451 later", "OTHER": "drop"},      the answer to RCPT TO, or the line is cut
   "data": {"TO": "452 full", "*": "sleep:3"}}        the answer to the mail; "*" is anybody
Beside answers, data knows: sleep:SECONDS (then accepted), drop-before-accept and drop-after-accept (the
line is cut after the final dot; the mail is lost, or delivered all the same).
"""

import asyncio
import hashlib
import json
import mailbox
import re
import smtplib
import ssl
import sys
import time
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class Server:
    """Answers the commands of aiosmtpd (its handler and authenticator)."""

    def __init__(self, folder, lmtp_port):
        self.folder = folder
        self.lmtp_port = lmtp_port
        lines = (folder / "passwd").read_text().splitlines()
        self.users = dict(line.split(":{PLAIN}") for line in lines if ":{PLAIN}" in line)

    def fault(self, command, *whom):
        """What goes wrong with this command for one of these, or ""."""
        try:
            rules = json.loads((self.folder / "faults.json").read_text()).get(command, {})
        except (OSError, ValueError):
            return ""
        return next((rules[who] for who in whom if who in rules), "")

    def log(self, **what):
        with open(self.folder / "smtp.log", "a", encoding="utf-8") as file:
            file.write(json.dumps({"t": time.time(), **what}) + "\n")

    def authenticate(self, _server, _session, _envelope, mechanism, data):
        known = isinstance(data, LoginPassword)
        user = data.login.decode() if known else repr(data)
        right = known and self.users.get(user) == data.password.decode()
        self.log(ev="auth", mech=mechanism, user=user, ok=right)
        if right:
            return AuthResult(success=True, auth_data=user)
        return AuthResult(success=False, handled=False)

    async def handle_MAIL(self, _server, _session, envelope, address, options):
        fault = self.fault("mail", address or "<>")
        if fault:
            return fault
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_RCPT(self, server, _session, envelope, address, _options):
        fault = self.fault("rcpt", address)
        self.log(ev="rcpt", to=address, reply=fault or "250")
        if fault == "drop":
            server.transport.abort()
            return "421 4.3.2 dropped"
        if fault:
            return fault
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        fault = self.fault("data", *envelope.rcpt_tos, "*")
        refused = fault == "drop-before-accept" or fault[:1] in ("4", "5")
        name = re.search(rb"^message-id:\s*(\S+)", envelope.content, re.I | re.M)
        self.log(ev="data", mail_from=envelope.mail_from, to=envelope.rcpt_tos, opts=envelope.mail_options,
                 size=len(envelope.content), ssl=session.ssl is not None, user=session.auth_data or "",
                 fault=fault, taken=not refused, id=name[1].decode() if name else None,
                 sha256=hashlib.sha256(envelope.content).hexdigest())
        if fault == "drop-before-accept":
            server.transport.abort()
            return "421 4.3.2 dropped"
        if fault.startswith("sleep:"):
            await asyncio.sleep(float(fault.removeprefix("sleep:")))
        elif fault[:1] in ("4", "5"):
            return fault
        await asyncio.to_thread(self.deliver, envelope)
        if fault == "drop-after-accept":
            server.transport.abort()
            return "421 4.3.2 dropped"
        return "250 2.0.0 accepted"

    def deliver(self, envelope):
        if not self.lmtp_port:
            mailbox.Maildir(self.folder / "Maildir").add(envelope.content)
            return
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            for recipient in envelope.rcpt_tos:
                lmtp.sendmail(sender, [recipient], envelope.content)


async def main():
    folder = Path(sys.argv[1])
    server = Server(folder, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    common = {
        "hostname": "localhost",
        "authenticator": server.authenticate,
        "auth_required": True,
        "enable_SMTPUTF8": True,
        "decode_data": False,
        "data_size_limit": 64 << 20,
        "timeout": 300,
    }
    ports = [int(port) for port in sys.argv[3:5]] or [0, 0]
    loop = asyncio.get_running_loop()
    listeners = [
        await loop.create_server(
            lambda: SMTP(server, tls_context=tls, require_starttls=True, **common), "127.0.0.1", ports[0]),
        await loop.create_server(
            lambda: SMTP(server, auth_require_tls=False, **common), "127.0.0.1", ports[1], ssl=tls),
    ]
    print("READY", *(listener.sockets[0].getsockname()[1] for listener in listeners), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
