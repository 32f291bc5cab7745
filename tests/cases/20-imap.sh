#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: what lies in a mailbox is handed over whole, once, with its time and place, and nothing in the
# mailbox is changed by it: with a real Dovecot, over TLS and STARTTLS.
set -u
. tests/lib/servers.sh
PROBE=$BUILD/tools/imap_probe
[ -x "$PROBE" ] || skip "no $PROBE: make check builds it"

case_begin
servers_start "$WORK"
URL=imaps://127.0.0.1:$IMAPS_PORT

# want FILE PATTERN…: each pattern is in some line of FILE.
want() {
	local file=$1 pattern
	shift
	for pattern; do
		grep -qE -- "$pattern" "$file" || fail "not found: $pattern; in: $(cat "$file")"
	done
}

# run STATUS OPTION…: the probe on maruijuan's mailbox ends with this status; its words in $WORK/out.
run() {
	local want=$1 got
	shift
	"$PROBE" -c "$CA_FILE" "$@" >"$WORK/out" 2>&1
	got=$?
	[ "$got" -eq "$want" ] || fail "probe $*: $got, not $want: $(cat "$WORK/out")"
}

# --- an empty mailbox
run 0 -o "$URL" maruijuan secret1
grep mail "$WORK/out" && fail "an empty mailbox gave a mail"

# --- two mails, one of them old; flags before and after; the bytes
printf 'From: a@example.org\r\nSubject: one\r\n\r\nx1 OK done {5}\r\n)\r\n' >"$WORK/one.eml"
printf 'From: a@example.org\r\nSubject: two\r\n\r\n%s\r\n' "$(seq 1 400000 | sed '$!s/$/\r/')" >"$WORK/two.eml"
mail_put maruijuan "$WORK/one.eml" 2022-04-30T23:59:59+08:00
mail_put maruijuan "$WORK/one.eml" 2022-05-01T00:00:00+08:00
mail_put maruijuan "$WORK/two.eml" 2022-06-10T10:05:00+08:00
imap maruijuan list >"$WORK/before" && [ "$(wc -l <"$WORK/before")" = 3 ] || fail "not three mails are there"
run 0 -o "$URL" maruijuan secret1
sha=$(sha256sum "$WORK/one.eml" | cut -c1-8)
want "$WORK/out" "^mail INBOX [0-9]+ 2 2022-05-01T00:00:00\+08:00 size=$(stat -c %s "$WORK/one.eml") .*sha=$sha"
sha=$(sha256sum "$WORK/two.eml" | cut -c1-8)
want "$WORK/out" "^mail INBOX [0-9]+ 3 2022-06-10T10:05:00\+08:00 .*sha=$sha"
[ "$(grep -c ^mail "$WORK/out")" = 2 ] || fail "not two mails: $(cat "$WORK/out")"
imap maruijuan list >"$WORK/after" || fail "no list"
cmp "$WORK/before" "$WORK/after" || fail "the flags were changed"

# --- STARTTLS
run 0 -o "imap://127.0.0.1:$IMAP_PORT" maruijuan secret1
[ "$(grep -c ^mail "$WORK/out")" = 2 ] || fail "STARTTLS: not two mails"

# --- what is known is not fetched again
run 0 -o -k 2 "$URL" maruijuan secret1
[ "$(grep ^mail "$WORK/out" | cut -d' ' -f4)" = 3 ] || fail "known mails: $(cat "$WORK/out")"

# --- too large: the first MiB only
run 0 -o -m 2000000 "$URL" maruijuan secret1
want "$WORK/out" '^mail INBOX [0-9]+ 3 .* size=3088932 len=1048576 too_large'

# --- \Answered is seen
doveadm -c "$WORK/dovecot.conf" flags add -u maruijuan '\Answered' mailbox INBOX uid 2 || fail doveadm
run 0 -o "$URL" maruijuan secret1
want "$WORK/out" '^mail INBOX [0-9]+ 2 .* answered'
[ "$(grep -c answered "$WORK/out")" = 1 ] || fail "more than one is answered"

# --- further folders, one named in Chinese, one not there
mail_put maruijuan "$WORK/one.eml" 2022-06-11T10:05:00+08:00 '&V4NXPmWHTvZZOQ-'
run 0 -o "$URL" maruijuan secret1 INBOX 垃圾文件夹
want "$WORK/out" "^mail 垃圾文件夹 [0-9]+ 1 "
run 65 -o "$URL" maruijuan secret1 INBOX 没有
[ "$(grep -c ^mail "$WORK/out")" = 2 ] || fail "an absent folder kept the other one back"

# --- IDLE wakes; told to stop, it stops; kicked off, it comes back
"$PROBE" -c "$CA_FILE" -k 3 -t 8 "$URL" maruijuan secret1 >"$WORK/out" 2>&1 &
probe=$!
await 10 doveadm -c "$WORK/dovecot.conf" kick maruijuan || fail "nobody to kick: $(cat "$WORK/out")"
await 10 grep -q 'reached again' "$WORK/out" || fail "it did not come back: $(cat "$WORK/out")"
sleep 0.5 # it looked; now it idles
mail_put maruijuan "$WORK/one.eml" 2022-06-12T10:05:00+08:00
await 4 grep -q '^mail INBOX [0-9]* 4 ' "$WORK/out" || fail "IDLE did not wake: $(cat "$WORK/out")"
wait "$probe" || fail "the probe ended with $?"
want "$WORK/out" '^note again ' '^note .*reached again' 'connected=1 idle=1 handed=1 .*failures=0' 'less than 1 s'

# --- a full queue holds it back, and does not hold up a stop
"$PROBE" -q -c "$CA_FILE" -s 2022-01-01 -t 3 "$URL" maruijuan secret1 INBOX 垃圾文件夹 >"$WORK/out" 2>&1 || fail "quiet"
want "$WORK/out" 'handed=4 backlog=1 ' 'less than 1 s'

# --- a thousand mails, and holes between them
mkdir -p "$WORK/many" && for i in $(seq 1000); do printf 'Subject: %s\n\n%s\n' "$i" "$i" >"$WORK/many/$i"; done
$PYTHON - "$IMAPS_PORT" "$CA_FILE" "$WORK/many" <<-'END' || fail "no thousand mails"
	import imaplib, ssl, sys
	from pathlib import Path
	with imaplib.IMAP4_SSL("127.0.0.1", int(sys.argv[1]),
	                       ssl_context=ssl.create_default_context(cafile=sys.argv[2])) as m:
	    m.login("dongwenyan", "secret2")
	    for i in range(1, 1001):
	        m.append("INBOX", None, '"10-Jun-2022 10:05:00 +0800"',
	                 Path(sys.argv[3], str(i)).read_bytes().replace(b"\n", b"\r\n"))
	    m.select("INBOX")
	    for i in (1, 40, 500, 501, 1000):
	        m.store(str(i), "+FLAGS", "\\Deleted")
	    m.expunge()
END
run 0 -o "$URL" dongwenyan secret2
[ "$(grep -c ^mail "$WORK/out")" = 995 ] || fail "995 mails, not $(grep -c ^mail "$WORK/out")"
[ "$(grep ^mail "$WORK/out" | cut -d' ' -f4 | sort -un | wc -l)" = 995 ] || fail "some came twice"

# --- refused (last, as Dovecot makes an address wait after a wrong password): password, CA, name, port, no TLS where it must be
run 77 -o "$URL" maruijuan nonsense
want "$WORK/out" '^error auth .*authorization code'
grep -q nonsense "$WORK/out" && fail "the password was said"
mkdir "$WORK/other"
certificates "$WORK/other" || fail "no other CA"
run 69 -o -c "$WORK/other/ca.pem" "$URL" maruijuan secret1
want "$WORK/out" '^error tls '
run 69 -o "imaps://127.0.0.1:$IMAP_PORT" maruijuan secret1
want "$WORK/out" '^error tls '
run 75 -o "imaps://127.0.0.1:1" maruijuan secret1
want "$WORK/out" '^error again .*not reached'
run 78 -o -n "imap://localhost:$IMAP_PORT" maruijuan secret1
want "$WORK/out" '^error config .*127\.0\.0\.1'
run 78 -o "http://127.0.0.1:$IMAP_PORT" maruijuan secret1
