#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: once a day, and when asked, each mail on the servers is found to have its line: recorded, left, held or
# new. What has none is named, logged, and mends itself; what its owner tidied away is counted, and no fault.
# Folders emptied and filled again, mail moved between them, UIDVALIDITY changed: nothing lost, nothing twice.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
trap 'stop_process "${pid:-}"; case_end' EXIT
servers_start "$WORK"
config_write "$WORK"
sed -i '0,/poll_seconds = 5/s//poll_seconds = 5; folders = ["INBOX", "Junk"]/' "$WORK/mingpian.cfg"
once() { "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || fail "exit $?: $(cat "$WORK/err")"; }
# at DAYS: a run on that day.
at() { MINGPIAN_NOW=$(date -d "+$1 days" +%Y-%m-%dT%H:%M:%S%:z) once; }
last() { ctl log --event compared --json | jq -c --arg f "$1" 'select(.mailbox == "maruijuan@miit-icdc.org" and .folder == $f)' | tail -n 1; }
# compared FOLDER ON_SERVER RECORDED LEFT NEW MISSING GONE: the last comparison says so.
compared() {
	last "$1" | jq -e --argjson w "[$2, $3, $4, $5, $6, $7]" \
		'[.on_server, .recorded, .left, .new, .missing, .gone] == $w' >/dev/null || fail "$1: not $*: $(last "$1")"
}
box() { doveadm -c "$WORK/dovecot.conf" "$@" || fail "doveadm $*"; }

n=0
for town in 昆山 常熟 张家港 太仓; do
	n=$((n + 1))
	form_mail "p$n@example.org" "江苏省苏州市${town}市" 13800138000 >"$WORK/$n.eml"
	echo "2022-06-10T10:0$n:00+08:00 $WORK/$n.eml"
done | mails_put maruijuan || fail "not put"
printf 'From: friend@example.org\r\nTo: x\r\nSubject: lunch\r\n\r\nNoon?\r\n' >"$WORK/lunch.eml"
mail_put maruijuan "$WORK/lunch.eml" 2022-06-10T11:00:00+08:00 || fail "not put"
mail_put maruijuan "$WORK/lunch.eml" 2022-04-29T11:00:00+08:00 || fail "not put" # before the campaign
printf 'From: a@example.org\r\nSubject: x\r\n\r\nx\r\n' >"$WORK/x.eml"
mail_put maruijuan "$WORK/x.eml" 2022-06-11T11:00:00+08:00 Junk || fail "not put"

once
compared INBOX 5 0 0 5 0 0
compared Junk 1 0 0 1 0 0
once
[ "$(ctl log --event compared --json | wc -l)" = 3 ] || fail "not once a day: $(ctl log --event compared --json)"
at 1
compared INBOX 5 4 1 0 0 0
ctl verify --mailbox >"$WORK/out" || fail "verify --mailbox: $? $(cat "$WORK/out")"
grep -q 'whole: maruijuan.*INBOX: 5 mails: 4 recorded, 1 left, 0 held, 0 new, 0 missing; 0 gone' "$WORK/out" || fail "$(cat "$WORK/out")"

# The owner tidies up: two are gone, one is moved to the other folder and is known again there.
box expunge -u maruijuan mailbox INBOX uid 1
box move -u maruijuan Junk mailbox INBOX uid 2
at 2
compared INBOX 3 2 1 0 0 2
compared Junk 2 0 1 1 0 0
ctl verify --mailbox >"$WORK/out" || fail "tidied up, and called wrong: $(cat "$WORK/out")"
[ "$(ctl log --event recorded --json | wc -l)" = 4 ] || fail "a moved mail was recorded twice"

# A mail that the index lost (so that nothing knows of it any more): it is named, and
# fetched again; its registration keeps its number, and no second reply goes out by itself.
place=$(ctl log --event received --json | jq -r 'select(.uid == 3 and .folder == "INBOX") | .message')
sqlite3 "$WORK/spool/index.db" "DELETE FROM arrivals WHERE message = '$place'" || fail "not forgotten"
ctl verify --mailbox >"$WORK/out" && fail "not named: $(cat "$WORK/out")"
at 3
compared INBOX 3 1 1 0 1 2
last INBOX | jq -e '.uids == [3]' >/dev/null || fail "not named in the log: $(last INBOX)"
grep -q 'maruijuan@miit-icdc.org, folder INBOX: 1 of 3 mails had no line' "$WORK/err" || fail "not said: $(cat "$WORK/err")"
MINGPIAN_NOW=$(date -d "+3 days" +%Y-%m-%dT%H:%M:%S%:z) ctl status >"$WORK/out" && fail "status is content"
grep -q 'wrong: maruijuan.*1 mails had no line' "$WORK/out" || fail "status: $(cat "$WORK/out")"
at 4
compared INBOX 3 2 1 0 0 2
ctl rebuild >/dev/null || fail "no rebuild"

# Emptied and filled again, with other UIDs; then a new UIDVALIDITY: known by their bytes.
box expunge -u maruijuan mailbox INBOX all
for n in 1 2 3 4; do echo "2022-06-10T10:0$n:00+08:00 $WORK/$n.eml"; done | mails_put maruijuan || fail "not put"
at 5
compared INBOX 4 0 0 4 0 5
box mailbox delete -u maruijuan Junk
mail_put maruijuan "$WORK/1.eml" 2022-06-10T10:01:00+08:00 Junk || fail "not put"
at 6
compared INBOX 4 4 0 0 0 5
compared Junk 1 0 0 1 0 0
[ "$(ctl list --json | wc -l)" = 4 ] || fail "registrations: $(ctl list)"
[ "$(grep -c '"ev": "data".*example.org' "$WORK/smtp.log")" = 4 ] || fail "$(grep -c '"ev": "data".*example.org' "$WORK/smtp.log") replies"

# A running daemon compares when asked, without waiting for the day to end.
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/err" &
pid=$!
await 10 grep -q 'maruijuan.*reached' "$WORK/err" || fail "not reached"
before=$(ctl log --event compared --json | wc -l)
ctl verify --mailbox >"$WORK/out" || fail "verify --mailbox: $(cat "$WORK/out")"
grep -q 'the daemon compares as well' "$WORK/out" || fail "the daemon was not asked: $(cat "$WORK/out")"
more() { [ "$(ctl log --event compared --json | wc -l)" -ge $((before + 3)) ]; }
await 10 more || fail "it did not compare: $(tail -n 3 "$WORK/err")"
kill $pid
wait $pid || fail "ended with $?"
pid=
ctl verify || fail "not whole"
