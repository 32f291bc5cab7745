#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a server that fails in the middle, lies or hangs loses no mail and gives no wrong one: what was
# not handed over is fetched again, and the error says what happened.
set -u
. tests/lib/servers.sh
PROBE=$BUILD/tools/imap_probe
[ -x "$PROBE" ] || skip "no $PROBE: make check builds it"
case_begin
SCRIPT_PID=''
trap 'stop_process "$SCRIPT_PID"; case_end' EXIT

# script FAULT: the server with this fault; its port in PORT.
script() {
	stop_process "$SCRIPT_PID"
	: >"$WORK/ready"
	$PYTHON tests/lib/imap_script.py "$1" "$WORK/log.$1" </dev/null >"$WORK/ready" 2>"$WORK/script.err" &
	SCRIPT_PID=$!
	await 10 grep -q READY "$WORK/ready" || fail "the script does not start: $(cat "$WORK/script.err")"
	read -r _ PORT <"$WORK/ready"
}

# row FAULT STATUS MAILS PATTERN: one sweep ends so, with so many mails, and says this.
row() {
	local got
	script "$1"
	timeout 60 "$PROBE" -n -o -a 1000 "imap://127.0.0.1:$PORT" u geheim >"$WORK/out" 2>&1
	got=$?
	[ "$got" -eq "$2" ] || fail "$1: exit $got, not $2: $(cat "$WORK/out")"
	[ "$(grep -c ^mail "$WORK/out")" = "$3" ] || fail "$1: not $3 mails: $(cat "$WORK/out")"
	grep -qE -- "$4" "$WORK/out" || fail "$1: not found: $4; in: $(cat "$WORK/out")"
	grep -q geheim "$WORK/out" && fail "$1: the password was said"
	return 0
}

#   fault       exit mails says
row none        0    5     '^mail INBOX 100 5 2022-06-10T10:05:00'
row cut         75   2     '^error again .*closed the connection'
row silent      75   0     '^error again .*no answer in time'
row slow        0    5     '^mail INBOX 100 3 '
row hang:EXAMINE 75  0     '^error again .*no answer in time'
row hang:SEARCH 75   0     '^error again .*no answer in time'
row hang:FETCH  75   0     '^error again .*no answer in time'
row huge        76   0     '^error protocol .*literal over the limit'
row quoted      0    5     '^mail INBOX 100 3 '
row disorder    0    5     '^mail INBOX 100 1 '
row split       0    5     '^mail INBOX 100 2 2022-06-10T10:05:00[^ ]* size=[0-9]* len=[0-9]* answered'
row gone        69   4     '^error refused .*1 mails of folder INBOX were listed and not given'
row damaged     69   4     '^error refused .*: damaged'
row unlisted    69   4     '^error refused .*some are damaged'
row novalidity  76   0     '^error protocol .*UIDVALIDITY'
row busy        75   0     '^error again .*too busy'
row bye         75   2     '^error again .*going down'
row goodbye     0    5     '^mail INBOX 100 5 '
row id          0    5     '^mail INBOX 100 1 '
row refuse      69   0     '^error refused .*cannot read'

# All copies of the mail that looks like answers are the same, whatever came between.
[ "$("$PROBE" -n -o "imap://127.0.0.1:$PORT" u geheim | grep -c ^mail)" = 0 ] || fail "refuse gave a mail"
script none
[ "$("$PROBE" -n -o "imap://127.0.0.1:$PORT" u geheim | sed -n "s/^mail.*sha=//p" | sort -u | wc -l)" = 1 ] || fail "mails differ"

# After a cut it comes back by itself, and gets all.
for fault in cut bye; do
	script $fault
	"$PROBE" -n -t 3 -a 1000 "imap://127.0.0.1:$PORT" u geheim >"$WORK/out" 2>&1 || fail "$fault: exit $?"
	for uid in 1 2 3 4 5; do
		grep -q "^mail INBOX 100 $uid " "$WORK/out" || fail "$fault: UID $uid never came: $(cat "$WORK/out")"
	done
	grep -q 'reached again' "$WORK/out" || fail "$fault: nobody was told that it works again"
done

# UIDVALIDITY changes at each look (without IDLE: each second): all is looked at again, and said.
script newvalidity
"$PROBE" -n -t 3 "imap://127.0.0.1:$PORT" u geheim >"$WORK/out" 2>&1 || fail "newvalidity: exit $?"
[ "$(grep -c '^mail INBOX .* 5 2022' "$WORK/out")" -ge 2 ] || fail "not looked at again: $(cat "$WORK/out")"
grep -q 'UIDVALIDITY changed from 101 to 102' "$WORK/out" || fail "the change was not said: $(cat "$WORK/out")"

# Polling asks only for what is new, and never for what it has.
script none
"$PROBE" -n -t 4 "imap://127.0.0.1:$PORT" u geheim >"$WORK/out" 2>&1 || fail "polling: exit $?"
[ "$(grep -c ^mail "$WORK/out")" = 5 ] || fail "polling fetched again: $(cat "$WORK/out")"

# Who offers IDLE and refuses it is polled as who has none, and is not said to push.
script noidle
"$PROBE" -n -t 4 "imap://127.0.0.1:$PORT" u geheim >"$WORK/out" 2>&1 || fail "noidle: exit $?"
grep -q 'connected=1 idle=0 handed=5 ' "$WORK/out" || fail "it is said to push: $(cat "$WORK/out")"
[ "$(grep -c IDLE "$WORK/log.noidle")" = 1 ] || fail "IDLE was asked for again: $(cat "$WORK/log.noidle")"
[ "$(grep -c EXAMINE "$WORK/log.noidle")" -ge 3 ] || fail "it was not polled: $(cat "$WORK/log.noidle")"

# A stop while the server hangs.
script silent
"$PROBE" -n -t 2 "imap://127.0.0.1:$PORT" u geheim >"$WORK/out" 2>&1 || fail "silent: exit $?"
grep -q 'less than 1 s' "$WORK/out" || fail "it did not stop: $(cat "$WORK/out")"

# Nothing was ever said but what reads.
grep -hoiE ' (SELECT|STORE|COPY|MOVE|APPEND|EXPUNGE|CLOSE|CREATE|DELETE|BODY\[)' "$WORK"/log.* && fail "a command that writes"
exit 0
