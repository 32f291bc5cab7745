#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: servers that refuse at each command, are slower than intake, vanish without a word or close at once: each
# reply ends where it must, nobody is hammered (connections are counted), and all goes on when they are well.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
trap 'stop_process "${pid:-}"; stop_process "${way:-}"; stop_process "${way2:-}"; case_end' EXIT
servers_start "$WORK"
config_write "$WORK"
PROBE=$BUILD/tools/smtp_probe
[ -x "$PROBE" ] || skip "no $PROBE: make check builds it"
[ -x "$BUILD/tools/imap_probe" ] || skip "no imap_probe: make check builds it"

# Each command, each answer: temporary is deferred, final is refused, whatever the command.
US=maruijuan@miit-icdc.org THEM=dongwenyan@miit-icdc.org
printf 'Subject: x\n\nx\n' >"$WORK/x.eml"
for code in 421 450 451 452 550 552 554; do
	for command in mail rcpt data; do
		who=$THEM
		[ $command = mail ] && who=$US
		faults "{\"$command\": {\"$who\": \"$code 4.3.0 as told\"}}"
		"$PROBE" "$CA_FILE" "smtps://127.0.0.1:$SMTPS_PORT" maruijuan secret1 $US "$WORK/x.eml" $THEM >"$WORK/out" 2>&1
		want=deferred
		[ $code -ge 500 ] && want=refused
		grep -q "^$want $code " "$WORK/out" || fail "$code at $command: not $want: $(cat "$WORK/out")"
	done
done
faults '{}'

# A way to each server that we can spoil.
way_to() {
	$PYTHON "$LIB/silent_proxy.py" "$1" "$WORK/$2.bad" "$WORK/way-$2.log" >"$WORK/$2.ready" 2>"$WORK/$2.err" &
	last=$!
	await 10 grep -q READY "$WORK/$2.ready" || fail "no way: $(cat "$WORK/$2.err")"
	read -r _ WAY <"$WORK/$2.ready"
}
connections() { if [ -e "$WORK/way-$1.log" ]; then wc -l <"$WORK/way-$1.log"; else echo 0; fi; }

# NAT forgets the connection, IDLE or not: it is noticed, and a new one is made; what came meanwhile is fetched.
way_to "$IMAPS_PORT" imap
way=$last IMAP_WAY=$WAY
imap maruijuan append "$WORK/x.eml" 2022-06-10T10:00:00+08:00 Junk || fail "not put"
"$BUILD/tools/imap_probe" -c "$CA_FILE" -a 1000 -t 14 "imaps://127.0.0.1:$IMAP_WAY" maruijuan secret1 INBOX Junk >"$WORK/out" 2>&1 &
probe=$!
await 5 grep -q '^mail Junk' "$WORK/out" || fail "not looked: $(cat "$WORK/out")"
sleep 0.3
touch "$WORK/imap.bad"
mail_put maruijuan "$WORK/x.eml" 2022-06-11T10:00:00+08:00 || fail "not put"
await 13 grep -q '^mail INBOX' "$WORK/out" || fail "a silent connection is trusted: $(cat "$WORK/out")"
grep -q '^note again .*no answer in time' "$WORK/out" || fail "not noticed: $(cat "$WORK/out")"
wait "$probe" || fail "the probe: $(cat "$WORK/out")"
[ "$(connections imap)" -le 3 ] || fail "$(connections imap) connections"
rm "$WORK/imap.bad"

# Both servers of one mailbox close at once; five replies wait, and new mail: connections in ten seconds are few,
# the other mailbox is served all the while.
way_to "$SMTPS_PORT" smtp
way2=$last
sed -i "s|imaps://127.0.0.1:$IMAPS_PORT|imaps://127.0.0.1:$IMAP_WAY|; s|smtps://127.0.0.1:$SMTPS_PORT|smtps://127.0.0.1:$WAY|" "$WORK/mingpian.cfg"
echo close >"$WORK/smtp.bad"
n=0
for town in 昆山 常熟 张家港 太仓; do
	n=$((n + 1))
	form_mail "p$n@example.org" "江苏省苏州市${town}市" 13800138000 >"$WORK/$n.eml"
	echo "2022-06-10T10:0$n:00+08:00 $WORK/$n.eml"
done | mails_put maruijuan || fail "not put"
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/err" &
pid=$!
recorded() { [ "$(ctl log --event recorded --json | wc -l)" = "$1" ]; }
sent() { [ "$(ctl log --event sent --json | wc -l)" = "$1" ]; }
await 20 recorded 4 || fail "not recorded: $(cat "$WORK/err")"
before=$(connections imap)
echo close >"$WORK/imap.bad"
doveadm -c "$WORK/dovecot.conf" kick maruijuan >/dev/null
form_mail other@example.org 江苏省无锡市江阴市 13800138000 >"$WORK/o.eml"
mail_put dongwenyan "$WORK/o.eml" 2022-06-10T10:09:00+08:00 || fail "not put"
await 20 sent 1 || fail "the other mailbox is not served: $(tail -n 5 "$WORK/err")"
sleep 6
[ "$(connections smtp)" -le 4 ] || fail "$(connections smtp) connections for four replies to a server that closes"
[ $(($(connections imap) - before)) -le 4 ] || fail "$(($(connections imap) - before)) connections to an IMAP server that closes"
ctl status >"$WORK/out" && fail "status is content"
grep -q 'maruijuan.*resting' "$WORK/out" && grep -q 'nothing is sent until' "$WORK/out" || fail "not seen: $(cat "$WORK/out")"
rm "$WORK/imap.bad" "$WORK/smtp.bad"
await 120 sent 5 || fail "well again, and not sent: $(ctl status)"

# A server slower than intake: mail is recorded meanwhile, at its own pace.
faults '{"data": {"*": "sleep:2"}}'
n=10
for town in 江阴 宜兴 义乌 东阳 兰溪; do
	n=$((n + 1))
	form_mail "s$n@example.org" "浙江省金华市${town}市" 13800138000 >"$WORK/$n.eml"
	echo "2022-06-10T10:$n:00+08:00 $WORK/$n.eml"
done | mails_put dongwenyan || fail "not put"
await 20 recorded 10 || fail "a slow server holds up intake"
[ "$(ctl log --event sent --json | wc -l)" -lt 10 ] || fail "the server was not slow"
await 40 sent 10 || fail "not all sent"
kill $pid
wait $pid || fail "ended with $?"
pid=
[ "$(grep -c '"ev": "data".*example.org' "$WORK/smtp.log")" = 10 ] || fail "not one answer each"
ctl verify >/dev/null || fail "not whole"
