#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a clock that is set forth and back by hours, or by weeks, loses nothing and holds up nobody: what was to be
# tried later is tried, the log stays whole; a certificate that lapses is an alarm, and so are servers that were not
# reached for half an hour; each is over when it is well again.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
trap 'stop_process "${pid:-}"; case_end' EXIT
[ -e "$BUILD/fault/stall.so" ] || skip "no $BUILD/fault/stall.so: make check builds it"
servers_start "$WORK"
config_write "$WORK"
clock() { echo "$1" >"$WORK/spool/clock.new" && mv "$WORK/spool/clock.new" "$WORK/spool/clock"; }
put() {
	form_mail "$1@example.org" "$2" 13800138000 >"$WORK/$1.eml"
	mail_put "${3:-maruijuan}" "$WORK/$1.eml" 2022-06-10T10:00:00+08:00 || fail "not put"
}
# sent REPLY: we know that it went out.
sent() { ctl log --event sent --json | grep -q "\"$1\""; }
went() { grep '"ev": "data"' "$WORK/smtp.log" | grep -q "\"$1@example.org\""; }
deferred() { ctl log --event deferred --json | grep -q .; }

mkdir -m 700 "$WORK/spool"
faults '{"rcpt": {"grey@example.org": "451 4.7.1 greylisted"}}'
# The clock is ten hours ahead: a reply is put off until then, by that clock.
clock 36000
LD_PRELOAD=$BUILD/fault/stall.so CLOCK_FILE=$WORK/spool/clock "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/err" &
pid=$!
put grey 江苏省苏州市昆山市
await 20 deferred || fail "not greylisted: $(cat "$WORK/err")"
faults '{}'
# It is set back: nobody waits ten hours. The next round, at the latest in a minute, does it.
clock 0
put next 江苏省苏州市常熟市 dongwenyan
await 20 went next || fail "nothing goes on: $(tail -n 3 "$WORK/err")"
await 65 went grey || fail "put off until a time that is far ahead: $(ctl log --event deferred)"

# Forth by weeks: the servers' certificates (30 days) have lapsed. Connections that are there go on; new ones are
# refused, by both sides of the work, and staff are told.
clock 5184000
doveadm -c "$WORK/dovecot.conf" kick maruijuan >/dev/null
doveadm -c "$WORK/dovecot.conf" kick dongwenyan >/dev/null
await 20 grep -q 'alarm: maruijuan@.*IMAP server: its certificate has lapsed' "$WORK/err" || fail "no alarm: $(tail -n 4 "$WORK/err")"
ctl status >"$WORK/out" && fail "status is content"
grep -q 'wrong: maruijuan.*certificate' "$WORK/out" || fail "not seen: $(cat "$WORK/out")"
put late 江苏省苏州市太仓市
clock 0
await 40 grep -q 'alarm over: maruijuan@.*imap_tls' "$WORK/err" || fail "not over: $(tail -n 4 "$WORK/err")"
await 20 went late || fail "what came meanwhile is not answered"
await 20 sent CYMP-2022-0003.1 || fail "sent, and not known: $(ctl log)" # else it goes again when the server is back

# Servers that are away are waited for in silence, and after half an hour staff are told.
away() { ctl status | grep -q '^wrong: maruijuan@'; }
alarm() { ctl log --event alarm --json | jq -r '"\(.alarm) \(.mailbox) \(.state)"' | grep -qx "$1"; }
stop_process "$SMTPD_PID"
put away 江苏省苏州市张家港市
await 20 grep -q 'attempt 1: deferred (0)' "$WORK/err" || fail "not put off: $(tail -n 3 "$WORK/err")"
stop_process "$DOVECOT_PID"
await 20 away || fail "it is not seen that the server is away: $(tail -n 3 "$WORK/err")"
ctl log --event alarm --json | grep -q away && fail "an alarm at once"
clock 1860
await 40 alarm 'imap_away maruijuan@miit-icdc.org raised' || fail "no alarm: $(tail -n 4 "$WORK/err")"
await 40 alarm "smtp_away maruijuan@miit-icdc.org raised" || fail "no alarm: $(tail -n 30 "$WORK/err"; ctl log --event alarm --json)"
grep -q 'alarm: maruijuan@.*the IMAP server has not been reached for half an hour: look at' "$WORK/err" || fail "not said what to do"
dovecot_again || fail "Dovecot does not come back"
smtpd_again "$LMTP_PORT" || fail "the SMTP server does not come back"
await 60 alarm 'imap_away maruijuan@miit-icdc.org cleared' || fail "not over: $(tail -n 4 "$WORK/err")"
await 60 went away || fail "what waited did not go out: $(tail -n 4 "$WORK/err")"
await 20 alarm 'smtp_away maruijuan@miit-icdc.org cleared' || fail "not over: $(tail -n 4 "$WORK/err")"
kill $pid
wait $pid || fail "ended with $?"
pid=
[ "$(ctl list --json | wc -l)" = 4 ] || fail "not four registrations"
[ "$(grep -c '"ev": "data".*example.org' "$WORK/smtp.log")" = 4 ] || fail "not four replies: $(grep example.org "$WORK/smtp.log"; ctl log --event unknown)"
ctl verify || fail "not whole"
# The months of the log: a clock set back opened no older one.
cat "$WORK"/spool/log/*.jsonl | jq -r .seq | sort -nc || fail "the lines are not in order"
