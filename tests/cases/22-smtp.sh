#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a mail goes out over TLS and STARTTLS and arrives byte for byte, and what is said to have become
# of it is what became of it: with a real SMTP server that fails as told.
set -u
. tests/lib/servers.sh
PROBE=$BUILD/tools/smtp_probe
[ -x "$PROBE" ] || skip "no $PROBE: make check builds it"
case_begin
servers_start "$WORK"
SMTPS=smtps://127.0.0.1:$SMTPS_PORT STARTTLS=smtp://127.0.0.1:$SMTP_PORT
US=maruijuan@miit-icdc.org THEM=dongwenyan@miit-icdc.org
printf 'Subject: x\nMIME-Version: 1.0\n\n.dot\n..\nlast\n' >"$WORK/out.eml"

# send WANT CA URL USER PASSWORD FROM TO…: the verdicts, a line each, begin like this.
send() {
	local want=$1 ca=$2 url=$3 user=$4 password=$5 from=$6
	shift 6
	"$PROBE" "$ca" "$url" "$user" "$password" "$from" "$WORK/out.eml" "$@" >"$WORK/out" 2>&1 || fail "probe: exit $?"
	grep -qE -- "^$want" "$WORK/out" || fail "not $want: $(cat "$WORK/out")"
	grep -q "$password" "$WORK/out" && fail "the password was said"
	return 0
}

send 'sent 250 ' "$CA_FILE" "$SMTPS" maruijuan secret1 $US $THEM
send 'sent 250 ' "$CA_FILE" "$STARTTLS" maruijuan secret1 $US $THEM
imap dongwenyan wait 2 10 || fail "what was sent has not arrived"
imap dongwenyan show 1 | tr -d '\r' >"$WORK/got"
tail -n 3 "$WORK/out.eml" | cmp - <(tail -n 3 "$WORK/got") || fail "it arrived otherwise: $(cat "$WORK/got")"

send 'auth 535 .*authorization code' "$CA_FILE" "$SMTPS" maruijuan nonsense $US $THEM
mkdir "$WORK/other"
certificates "$WORK/other" || fail "no other CA"
send 'tls 0 .*ca_file' "$WORK/other/ca.pem" "$SMTPS" maruijuan secret1 $US $THEM
send 'tls 0 .*ca_file' "$WORK/other/ca.pem" "$STARTTLS" maruijuan secret1 $US $THEM
send 'deferred 0 .*not reached' "$CA_FILE" smtps://127.0.0.1:1 maruijuan secret1 $US $THEM
send 'invalid 0 ' "$CA_FILE" "$SMTPS" maruijuan secret1 $US $'a@b>\r\nRCPT TO:<c@d'
imap dongwenyan wait 2 1
[ "$(imap dongwenyan list | wc -l)" = 2 ] || fail "something refused was delivered"

# One refused recipient does not spoil the next one on the same connection's account.
faults '{"rcpt": {"no@example.org": "550 5.1.1 nobody", "later@example.org": "451 4.7.1 DT:SPM later",
                  "cut@example.org": "drop"}}'
send 'sent 250' "$CA_FILE" "$SMTPS" maruijuan secret1 $US $THEM no@example.org $THEM later@example.org cut@example.org $THEM
printf '%s\n' sent refused sent deferred deferred sent | diff - <(cut -d' ' -f1 "$WORK/out") || fail "$(cat "$WORK/out")"
grep -q '^deferred 451 slow ' "$WORK/out" || fail "rate limit not seen: $(cat "$WORK/out")"
imap dongwenyan wait 5 10 || fail "behind a refused one nothing has arrived"

# After the final dot nobody knows: lost, delivered, or late, it is the same to us.
for fault in drop-before-accept drop-after-accept sleep:4; do
	faults "{\"data\": {\"*\": \"$fault\"}}"
	send 'unknown 0 .*delivered or not' "$CA_FILE" "$SMTPS" maruijuan secret1 $US $THEM
done
faults '{"data": {"*": "552 5.2.2 full"}, "mail": {}}'
send 'refused 552 .*full' "$CA_FILE" "$SMTPS" maruijuan secret1 $US $THEM
faults "{\"mail\": {\"$US\": \"553 Mail from must equal authorized user\"}}"
send 'refused 553 .*authorized' "$CA_FILE" "$STARTTLS" maruijuan secret1 $US $THEM
exit 0
