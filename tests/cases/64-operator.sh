#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: what an operator may do to a spool while the daemon runs, or before: a second daemon, an index deleted, a
# log edited, a spool that may not be written, half of it restored from a backup. Nothing is recorded or answered
# twice, and each refusal says what to do.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
trap 'stop_process "${pid:-}"; chmod -R u+w "$WORK/spool"; case_end' EXIT
servers_start "$WORK"
config_write "$WORK"
once() {
	local want=$1 status=0
	"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/once" || status=$?
	[ "$status" = "$want" ] || fail "exit $status, should be $want: $(cat "$WORK/once")"
}
recorded() { [ "$(ctl log --event recorded --json 2>/dev/null | jq -r .message | sort -u | wc -l)" = "$1" ]; }
put() {
	form_mail "p$1@example.org" "$2" 13800138000 >"$WORK/$1.eml"
	mail_put maruijuan "$WORK/$1.eml" "${3:-2022-06-10T10:00:00+08:00}" || fail "not put"
}
answers() { grep -c '"ev": "data".*example.org' "$WORK/smtp.log"; }

put 1 江苏省苏州市昆山市
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/err" &
pid=$!
await 20 recorded 1 || fail "not recorded: $(cat "$WORK/err")"

# A second daemon, with and without --once: it says who holds the spool, and the first one goes on.
once 75
grep -q "held by process $pid" "$WORK/once" || fail "not said who holds it: $(cat "$WORK/once")"

# The index deleted under the running daemon: it goes on; who reads sees all; the next start makes it anew.
rm -f "$WORK"/spool/index.db*
put 2 江苏省苏州市常熟市
await 20 recorded 2 || fail "it did not go on without its index: $(tail -n 3 "$WORK/err")"
kill $pid
wait $pid || fail "told to end, it ended with $?: $(tail -n 3 "$WORK/err")"
pid=
once 0
recorded 2 || fail "recorded again"
ctl verify >/dev/null || fail "not whole: $(ctl verify)"
cp -a "$WORK/spool" "$WORK/backup"

# The log edited by a friendly hand: refused, file and line are said, nothing is written.
log=$(echo "$WORK"/spool/log/*.jsonl)
sed -i '1s/"shadow":false/"shadow":true/' "$log"
sum=$(sha256sum "$log")
once 70
grep -qE 'jsonl.*line|line [0-9]+' "$WORK/once" || fail "not said where: $(cat "$WORK/once")"
[ "$(sha256sum "$log")" = "$sum" ] || fail "an edited log was changed"
ctl verify >"$WORK/out" && fail "verify is content"
rm -rf "$WORK/spool" && cp -a "$WORK/backup" "$WORK/spool"

# A spool that may not be written: root may everywhere but on a disk that is mounted so; an ordinary user has no mounts.
if [ "$(id -u)" != 0 ]; then
	chmod -R a-w "$WORK/spool"
	once 74
	ctl list >"$WORK/out" || fail "reading wants to write"
	chmod -R u+w "$WORK/spool"
	[ "$(wc -l <"$WORK/out")" -gt 2 ] || fail "nothing is read: $(cat "$WORK/out")"
elif unshare -m true 2>/dev/null; then
	read_only() {
		# shellcheck disable=SC2016 # the inner shell's
		unshare -m sh -c 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && exec "$@"' "$WORK/spool" "$@"
	}
	read_only "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/once"
	status=$?
	[ $status = 74 ] || fail "exit $status on a disk that is read-only: $(cat "$WORK/once")"
	grep -qi 'read-only' "$WORK/once" || fail "not said why: $(cat "$WORK/once")"
	read_only "$BUILD/mingpianctl" -c "$WORK/mingpian.cfg" list >"$WORK/out" 2>&1 || fail "reading wants to write: $(cat "$WORK/out")"
	grep -q CYMP "$WORK/out" || fail "nothing is read: $(cat "$WORK/out")"
	read_only "$BUILD/mingpianctl" -c "$WORK/mingpian.cfg" verify >"$WORK/out" 2>&1 || fail "verify wants to write: $(cat "$WORK/out")"
fi

# Two more, answered; then the spool is lost, and half of it comes back: the log of before, the index of after.
put 3 江苏省苏州市张家港市
put 4 江苏省苏州市太仓市
once 0
[ "$(answers)" = 4 ] || fail "$(answers) answers"
cp "$WORK"/spool/index.db* "$WORK/"
rm -rf "$WORK/spool" && cp -a "$WORK/backup" "$WORK/spool"
cp "$WORK"/index.db* "$WORK/spool/"
once 70
grep -q 'restored' "$WORK/once" || fail "not said what to do: $(cat "$WORK/once")"
[ "$(answers)" = 4 ] || fail "answered from an old log"

# Opened by a person's word: wrong calls first.
ctl restored --receipts-from 500 2>"$WORK/out" && fail "without a reason"
ctl restored --receipts-from soon --why x 2>"$WORK/out" && fail "without a number"
ctl restored --receipts-from 2 --why x 2>"$WORK/out" && fail "numbers given out twice"
grep -q 'up to 2' "$WORK/out" || fail "not said which were given out: $(cat "$WORK/out")"
ctl restored --receipts-from 500 --why 'the disk was lost on 10 June' >"$WORK/out" || fail "$(cat "$WORK/out")"
ctl log --event restored --json | jq -e '.receipts_from == 500 and (.decision | length) == 64' >/dev/null || fail "not logged"
once 0
recorded 4 || fail "what came after the backup was not recorded again"
[ "$(ctl list --json | jq -r .receipt | sort | tr '\n' ' ')" = "CYMP-2022-0001 CYMP-2022-0002 CYMP-2022-0500 CYMP-2022-0501 " ] || fail "$(ctl list)"
[ "$(answers)" = 4 ] || fail "answered twice"
[ "$(ctl review --json | jq -s 'map(select(.why == "restored")) | length')" = 2 ] || fail "not shown for a person: $(ctl review)"
ctl verify >/dev/null || fail "not whole: $(ctl verify)"

# mingpianctl's acts, while a daemon works and without one, many at once: each is done once or refused.
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/err" &
pid=$!
await 10 test -S "$WORK/spool/control.sock" || fail "no socket"
acts=()
for n in 1 2 3 4 5 6; do
	ctl review release CYMP-2022-0500.1 --why "the $n-th hand" >"$WORK/act.$n" 2>&1 &
	acts+=($!)
done
wait "${acts[@]}"
[ "$(cat "$WORK"/act.* | grep -c 'goes out')" = 1 ] || fail "not one of them: $(cat "$WORK"/act.*)"
sent() { [ "$(answers)" = 5 ]; }
await 10 sent || fail "released and not sent"
kill $pid
wait $pid || fail "ended with $?"
pid=
[ "$(ctl log --event reviewed --json | wc -l)" = 1 ] || fail "reviewed more than once"
ctl verify >/dev/null || fail "not whole: $(ctl verify)"
