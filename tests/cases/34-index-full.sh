#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: no room for the index alone, after the log's fsync, or a quota that no figure of free space shows, cost
# nothing: the daemon says so, waits, and catches up by itself when there is room. It is the same process all
# the time; what was recorded before the index was full is recorded once and answered once.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/many.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
recorded() { [ "$(ctl log --event recorded --json | wc -l)" = "$1" ]; }
sent() { [ "$(ctl log --event sent --json | jq -r .reply | sort -u | wc -l)" = "$1" ]; }
full() { echo "$1 0" >"$WORK/trouble"; } # not renamed: it is held open
# says COUNT TEXT: so often that stands in the daemon's journal.
says() { [ "$(grep -c "$2" "$WORK/err")" -ge "$1" ]; }
# paused TEXT: status says so, and is not content.
paused() { ! ctl status >"$WORK/out" && grep -q "wrong: no mail is taken in for now: .*$1" "$WORK/out"; }

full 0
LD_PRELOAD=$BUILD/fault/trouble.so TROUBLE=$WORK/trouble TROUBLE_BELOW=$WORK/spool \
	"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/err" &
pid=$!
trap 'stop_process "${pid:-}"; case_end' EXIT
many_mails "$WORK" 1 5
mails_put maruijuan <"$WORK/put" || fail "not put"
await 30 sent 5 || fail "not answered: $(cat "$WORK/err")"

# the index: the round is true, and nothing follows
full 2
many_mails "$WORK" 6 12
mails_put maruijuan <"$WORK/put" || fail "not put"
await 15 says 1 'no mail is taken in for now: the log is whole, and the index cannot follow' ||
	fail "nobody is told: $(cat "$WORK/err")"
await 5 paused 'the log is whole' || fail "status does not say it: $(cat "$WORK/out")"
n=$(ctl log --event recorded --json | wc -l)
[ "$n" -gt 5 ] || fail "the round was to be in the log: $n"
ctl review accept CYMP-2022-0001 --why test 2>"$WORK/act" && fail "an act was done in a pause"
grep -q 'takes nothing for now' "$WORK/act" || fail "an act: $(cat "$WORK/act")"
sent 5 || fail "answered by an index that is behind"
full 0
await 60 sent 12 || fail "it did not catch up: $(cat "$WORK/err")"
await 5 says 1 'taken in again' || fail "nobody is told that all is well again"
await 5 ctl status || fail "status: $(ctl status)"

# a quota: the figures are fine, and nothing can be written
full 3
many_mails "$WORK" 13 18
mails_put dongwenyan <"$WORK/put" || fail "not put"
await 15 says 1 'for now: .*Disk quota exceeded' || fail "nobody is told: $(cat "$WORK/err")"
await 5 paused quota || fail "status does not say it: $(cat "$WORK/out")"
sleep 5
recorded 12 || fail "recorded without room"
full 0
await 60 sent 18 || fail "it did not go on: $(cat "$WORK/err")"
await 5 says 2 'taken in again' || fail "nobody is told that all is well again"
[ "$(grep -c 'no mail is taken in for now' "$WORK/err")" = 2 ] || fail "said again and again: $(cat "$WORK/err")"

# told to end while the index is behind: cleanly, and the next run does the rest
full 2
many_mails "$WORK" 19 22
mails_put dongwenyan <"$WORK/put" || fail "not put"
await 15 says 3 'no mail is taken in for now' || fail "not paused: $(cat "$WORK/err")"
kill $pid
wait $pid || fail "told to end, it ended with $?: $(tail -n 3 "$WORK/err")"
pid=
status=0
timeout 60 "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/once.err" || status=$?
case $status in 0 | 75) ;; *) fail "the next run: $status: $(cat "$WORK/once.err")" ;; esac
MINGPIAN_NOW=$(date -d '+1 hour' +%Y-%m-%dT%H:%M:%S%:z) timeout 60 "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>>"$WORK/once.err" ||
	fail "the last run: $?: $(cat "$WORK/once.err")"
many_check 22
