#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a disk that fills while mails come costs nothing: intake pauses and says so once, does not spin, ends
# when told to; when there is room it goes on, and nothing was skipped. --once ends, with 74 or 75.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/many.sh"
case_begin
[ "$(id -u)" = 0 ] || skip "a file system of its own wants root"
mkdir "$WORK/spool"
mount -t tmpfs -o size=24m,mode=700 none "$WORK/spool" 2>/dev/null || skip "mounting is not permitted here"
trap 'stop_process "${pid:-}"; umount "$WORK/spool"; case_end' EXIT
servers_start "$WORK"
config_write "$WORK"
recorded() { [ "$(ctl log --event recorded --json | wc -l)" = "$1" ]; }
sent() { [ "$(ctl log --event sent --json | jq -r .reply | sort -u | wc -l)" = "$1" ]; }
fill() { dd if=/dev/zero of="$WORK/spool/ballast" bs=64k >/dev/null 2>&1; }

"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/err" &
pid=$!
many_mails "$WORK" 1 10
mails_put maruijuan <"$WORK/put" || fail "not put"
await 30 sent 10 || fail "not answered: $(cat "$WORK/err")"

fill
many_mails "$WORK" 11 30
mails_put maruijuan <"$WORK/put" || fail "not put"
await 15 grep -q 'no mail is taken in for now' "$WORK/err" || fail "nobody is told: $(cat "$WORK/err")"
ticks() { awk '{ print $14 + $15 }' "/proc/$pid/stat"; }
began=$(ticks)
sleep 5
[ $(($(ticks) - began)) -lt 100 ] || fail "it spins: $(($(ticks) - began)) ticks in 5 s"
[ "$(grep -c 'no mail is taken in for now' "$WORK/err")" = 1 ] || fail "said again and again"
recorded 10 || fail "recorded on a full disk"
ctl status >"$WORK/out" && fail "status is content with a full disk"
grep -q 'wrong: no mail is taken in for now: .*free' "$WORK/out" || fail "status does not say it: $(cat "$WORK/out")"
kill $pid
wait $pid || fail "told to end, it ended with $?: $(tail -n 3 "$WORK/err")"

status=0
timeout 60 "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/once.err" || status=$?
case $status in 74 | 75) ;; *) fail "--once on a full disk: $status: $(cat "$WORK/once.err")" ;; esac

rm "$WORK/spool/ballast"
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/err" &
pid=$!
await 30 sent 30 || fail "with room again: $(cat "$WORK/err")"
fill
many_mails "$WORK" 31 40
mails_put dongwenyan <"$WORK/put" || fail "not put"
await 15 grep -q 'no mail is taken in for now' "$WORK/err" || fail "nobody is told: $(cat "$WORK/err")"
rm "$WORK/spool/ballast"
await 30 sent 40 || fail "it did not go on: $(cat "$WORK/err")"
grep -q 'taken in again' "$WORK/err" || fail "nobody is told that all is well again"
kill $pid
wait $pid || fail "told to end, it ended with $?"
many_check 40
