#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: the servers that other cases rely on do what they say, and leave nothing behind.
set -u
. "$(dirname "$0")/../lib/servers.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"

# A mail is put, and comes back as it was, received when we said.
printf 'From: a@example.org\nTo: maruijuan@miit-icdc.org\nSubject: 登记表\n\n昆山\n' >"$WORK/in.eml"
mail_put maruijuan "$WORK/in.eml" 2022-06-10T10:05:00+08:00 || fail "no mail put"
imap maruijuan list | grep -q '^1 2022-06-10T02:05:00Z' || fail "another time of receipt"
imap maruijuan show 1 | tr -d '\r' | cmp - "$WORK/in.eml" || fail "another mail came back"
imap maruijuan list | grep -q '\\Seen' && fail "reading it has marked it as read"

# The other ways in: STARTTLS, and a second folder.
mail_put dongwenyan "$WORK/in.eml" 2022-06-30T23:59:59+08:00 Junk || fail "no mail put into Junk"
curl -sS --max-time 20 --cacert "$CA_FILE" --ssl-reqd -u dongwenyan:secret2 \
	"imap://127.0.0.1:$IMAP_PORT/Junk;MAILINDEX=1" | tr -d '\r' | cmp - "$WORK/in.eml" ||
	fail "curl reads another mail by STARTTLS"
curl -s --max-time 20 --cacert "$CA_FILE" --ssl-reqd -u dongwenyan:wrong "imap://127.0.0.1:$IMAP_PORT/" &&
	fail "a wrong password is let in"

# send URL USER:PASSWORD TO: curl's exit status.
send() {
	curl -s --max-time 20 --cacert "$CA_FILE" --ssl-reqd -u "$2" --mail-from "${2%%:*}@miit-icdc.org" \
		--mail-rcpt "$3" -T "$WORK/in.eml" "$1"
}

# Mail is sent by both ports, arrives, and is logged.
send "smtps://127.0.0.1:$SMTPS_PORT" maruijuan:secret1 dongwenyan@miit-icdc.org || fail "not sent by SMTPS"
send "smtp://127.0.0.1:$SMTP_PORT" dongwenyan:secret2 dongwenyan@miit-icdc.org || fail "not sent by STARTTLS"
imap dongwenyan wait 2 10 || fail "what was sent has not arrived"
send "smtps://127.0.0.1:$SMTPS_PORT" maruijuan:wrong dongwenyan@miit-icdc.org && fail "sent with a wrong password"
[ "$(grep -c '"ev": "data"' "$WORK/smtp.log")" = 2 ] || fail "the log of SMTP is wrong: $(cat "$WORK/smtp.log")"

# Faults come when they are asked for, and go.
faults '{"rcpt": {"full@example.org": "452 4.2.2 full", "gone@example.org": "drop"},
         "data": {"lost@example.org": "drop-before-accept", "slow@example.org": "sleep:1"}}'
for to in full gone lost; do
	send "smtps://127.0.0.1:$SMTPS_PORT" maruijuan:secret1 $to@example.org && fail "$to: sent in spite of the fault"
done
send "smtps://127.0.0.1:$SMTPS_PORT" maruijuan:secret1 slow@example.org || fail "slow: not sent"
faults '{}'
send "smtps://127.0.0.1:$SMTPS_PORT" maruijuan:secret1 full@example.org || fail "the fault has stayed"

# Nothing is left when they are stopped.
dovecot=$DOVECOT_PID smtpd=$SMTPD_PID
servers_stop
kill -0 "$dovecot" 2>/dev/null && fail "Dovecot still runs"
kill -0 "$smtpd" 2>/dev/null && fail "smtpd.py still runs"
(port_answers "$IMAPS_PORT") && fail "somebody still listens"
[ "$(stat -c %a "$WORK/imap-maruijuan")" = 600 ] || fail "a password file is open to others"
echo "servers: all well"
