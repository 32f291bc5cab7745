#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a server that hangs, closes or says goodbye at any step of the dialogue (a real one, behind a proxy that
# stops handing on there): each step ends as it must, in bounded time, with few connections; the daemon says so in
# status, the other mailbox goes on, and afterwards nothing is lost and nothing sent twice.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
trap 'stop_process "${pid:-}"; stop_process "${way1:-}"; stop_process "${way2:-}"; case_end' EXIT
servers_start "$WORK"
IMAP=$BUILD/tools/imap_probe SMTP=$BUILD/tools/smtp_probe
[ -x "$IMAP" ] && [ -x "$SMTP" ] || skip "no probes: make check builds them"

# way KIND PORT: a proxy to it; its port in WAY, its process in LAST.
way() {
	$PYTHON "$LIB/step_proxy.py" "$1" "$2" "$WORK" "$WORK/$1.step" "$WORK/$1.way" </dev/null >"$WORK/$1.ready" 2>"$WORK/$1.err" &
	LAST=$!
	await 15 grep -q READY "$WORK/$1.ready" || fail "no proxy: $(cat "$WORK/$1.err")"
	read -r _ WAY <"$WORK/$1.ready"
}
way imap "$IMAPS_PORT"
way1=$LAST IMAP_WAY=$WAY
way smtp "$SMTPS_PORT"
way2=$LAST SMTP_WAY=$WAY
connections() { grep -c '^[0-9.]* $' "$WORK/$1.way"; }

# ---- each step, each way to fail ----
# A mail large enough that its literal comes in pieces.
{ printf 'Subject: x\r\n\r\n'; for ((i = 0; i < 3000; i++)); do echo "line $i of a mail that is not small"; done; } >"$WORK/large.eml"
mail_put maruijuan "$WORK/large.eml" 2022-06-10T10:00:00+08:00 || fail "not put"
# imap_row STEP HOW PATTERN: one sweep ends so, and the step was met.
imap_row() {
	local began=$SECONDS
	: >"$WORK/imap.way"
	echo "$1 $2" >"$WORK/imap.step"
	timeout 20 "$IMAP" -o -c "$CA_FILE" -a 1500 "imaps://127.0.0.1:$IMAP_WAY" maruijuan secret1 >"$WORK/out" 2>&1
	grep -qE -- "$3" "$WORK/out" || fail "IMAP $1 $2: not found: $3; in: $(cat "$WORK/out")"
	grep -q " $1\$" "$WORK/imap.way" || fail "IMAP $1 $2: it never came to that"
	grep -q ^mail "$WORK/out" && fail "IMAP $1 $2: a mail came all the same"
	grep -q secret1 "$WORK/out" && fail "IMAP $1 $2: the password was said"
	[ $((SECONDS - began)) -lt $((15 * ${SLOW:-1})) ] || fail "IMAP $1 $2: it took $((SECONDS - began)) s"
}
for step in tls greeting LOGIN EXAMINE SEARCH FETCH literal; do
	imap_row $step hang '^error again .*(no answer in time|takes no command)'
	imap_row $step close '^error (again .*(closed the connection|connection lost|not reached)|tls )'
	[ $step = tls ] || imap_row $step bye '^error (again|protocol) '
done
rm "$WORK/imap.step"
"$IMAP" -o -c "$CA_FILE" "imaps://127.0.0.1:$IMAP_WAY" maruijuan secret1 | grep -q ^mail || fail "well again, and no mail"

# One folder, IDLE, and the way forgets it in silence: noticed at the next look, and what came meanwhile is there.
: >"$WORK/imap.way"
echo 'IDLE hang' >"$WORK/imap.step"
"$IMAP" -c "$CA_FILE" -a 1500 -l 2 -t 12 "imaps://127.0.0.1:$IMAP_WAY" maruijuan secret1 >"$WORK/out" 2>&1 &
probe=$!
await 10 grep -q ' IDLE$' "$WORK/imap.way" || fail "it does not wait: $(cat "$WORK/out")"
rm "$WORK/imap.step"
printf 'Subject: y\r\n\r\ny\r\n' >"$WORK/y.eml"
mail_put maruijuan "$WORK/y.eml" 2022-06-11T10:00:00+08:00 || fail "not put"
wait $probe || fail "the probe: $(cat "$WORK/out")"
[ "$(grep -c '^mail INBOX' "$WORK/out")" -ge 2 ] || fail "a silent connection is trusted: $(cat "$WORK/out")"
grep -qE '^note again .*no answer (to IDLE )?in time' "$WORK/out" || fail "not noticed: $(cat "$WORK/out")"
[ "$(connections imap)" -le 3 ] || fail "$(connections imap) connections"

# smtp_row STEP HOW PATTERN TAKEN: it ends so, the step was met, and the server has so many mails of it.
printf 'Subject: x\n\nx\n' >"$WORK/x.eml"
touch "$WORK/smtp.log"
taken() { grep -c '"ev": "data"' "$WORK/smtp.log"; }
smtp_row() {
	local began=$SECONDS before
	before=$(taken)
	: >"$WORK/smtp.way"
	echo "$1 $2" >"$WORK/smtp.step"
	timeout 25 "$SMTP" "${silent[@]}" "$CA_FILE" "smtps://127.0.0.1:$SMTP_WAY" maruijuan secret1 maruijuan@miit-icdc.org "$WORK/x.eml" dongwenyan@miit-icdc.org >"$WORK/out" 2>&1
	grep -qE -- "$3" "$WORK/out" || fail "SMTP $1 $2: not found: $3; in: $(cat "$WORK/out")"
	grep -q " $1\$" "$WORK/smtp.way" || fail "SMTP $1 $2: it never came to that"
	[ "$(connections smtp)" -le 2 ] || fail "SMTP $1 $2: $(connections smtp) connections for one mail"
	[ $(($(taken) - before)) = "$4" ] || fail "SMTP $1 $2: the server took $(($(taken) - before)), should be $4"
	[ $((SECONDS - began)) -lt $((15 * ${SLOW:-1})) ] || fail "SMTP $1 $2: it took $((SECONDS - began)) s"
}
silent=()
for step in tls greeting EHLO AUTH MAIL RCPT DATA; do
	smtp_row $step hang '^deferred 0 .*no answer in time' 0
	smtp_row $step close '^(deferred|tls) 0 ' 0
	[ $step = tls ] || smtp_row $step bye '^deferred ' 0
done
for how in hang close; do
	smtp_row dot $how '^unknown 0 .*lost after the final dot' 1
done
smtp_row dot bye '^deferred 421 ' 1 # an answer is an answer: who says 421 has not taken it (here the proxy lies)
# Before the dot silence alone is enough: others wait meanwhile.
silent=(-s)
for step in MAIL RCPT DATA; do
	smtp_row $step hang '^deferred 0 .*no answer in time' 0
done
rm "$WORK/smtp.step"

# ---- the daemon: one mailbox's servers go bad, the other one's do not ----
config_write "$WORK"
sed -i "s|imaps://127.0.0.1:$IMAPS_PORT|imaps://127.0.0.1:$IMAP_WAY|; s|smtps://127.0.0.1:$SMTPS_PORT|smtps://127.0.0.1:$SMTP_WAY|" "$WORK/mingpian.cfg"
sent() { [ "$(ctl log --event sent --json | wc -l)" = "$1" ]; }
# says PATTERN: status is not content, and says that.
says() { ! ctl status >"$WORK/out" && grep -qE "$1" "$WORK/out"; }
put() {
	form_mail "p$2@example.org" "$3" 13800138000 >"$WORK/$2.eml"
	mail_put "$1" "$WORK/$2.eml" "2022-06-12T10:0$2:00+08:00" || fail "not put"
}
# tries FIRST SECONDS: how many connections a back-off that begins with FIRST and doubles may make in so many seconds.
tries() {
	local n=2 wait=$1 at=0
	while at=$((at + wait)) && [ "$at" -le "$2" ]; do
		n=$((n + 1)) wait=$((wait * 2))
	done
	echo $n
}
put maruijuan 1 江苏省苏州市昆山市
put maruijuan 4 江苏省苏州市太仓市
smtp_bad=$SECONDS
: >"$WORK/smtp.way"
echo 'MAIL close' >"$WORK/smtp.step"
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/err" &
pid=$!
await 30 says 'maruijuan.*nothing is sent until .*its SMTP server failed' || fail "not seen: $(cat "$WORK/out")"
put dongwenyan 2 江苏省苏州市常熟市
await 30 sent 1 || fail "the other mailbox waits: $(tail -n 3 "$WORK/err")"
imap_bad=$SECONDS
: >"$WORK/imap.way"
echo 'EXAMINE bye' >"$WORK/imap.step"
doveadm -c "$WORK/dovecot.conf" kick maruijuan >/dev/null
await 120 says 'maruijuan.*going down' || fail "not seen: $(cat "$WORK/out")"
put dongwenyan 3 江苏省苏州市张家港市
await 30 sent 2 || fail "the other mailbox waits: $(tail -n 3 "$WORK/err")"
# back-off: what fails is tried after 5, 10, 20 s and more (IMAP), 10, 20, 40 (SMTP), each up to a third more
[ "$(connections imap)" -le "$(tries 5 $((SECONDS - imap_bad)))" ] || fail "$(connections imap) connections to an IMAP server that says BYE"
[ "$(connections smtp)" -le "$(tries 10 $((SECONDS - smtp_bad)))" ] || fail "$(connections smtp) connections to an SMTP server that closes"
rm "$WORK/imap.step" "$WORK/smtp.step"
kill $pid
wait $pid || fail "ended with $?"
pid=
# by a clock an hour ahead: what waits for its minute is due
MINGPIAN_NOW=$(date -d '+1 hour' +%Y-%m-%dT%H:%M:%S%:z) timeout 60 "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" ||
	fail "well again: $? $(tail -n 3 "$WORK/err")"
sent 4 || fail "well again, and not sent: $(ctl status)"
[ "$(grep -c '"ev": "data".*p[1234]@example.org' "$WORK/smtp.log")" = 4 ] || fail "not one answer each"
ctl verify >/dev/null || fail "not whole"
