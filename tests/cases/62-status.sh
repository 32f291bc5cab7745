#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: what is wrong is seen at once, and said with what to do: in `status` (exit 1), by the service manager's
# watchdog, which a stuck disk stops, in the metrics; and nothing of a person is said anywhere.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
trap 'rm -f "$WORK/spool/stall"; stop_process "${pid:-}"; stop_process "${ear:-}"; case_end' EXIT
[ -e "$BUILD/fault/stall.so" ] || skip "no $BUILD/fault/stall.so: make check builds it"
servers_start "$WORK"
mkdir "$WORK/metrics"
config_write "$WORK" "metrics = \"$WORK/metrics/mingpian.prom\";"
# stands STATUS WORDS: status ends so, and says them.
stands() {
	local got=0
	ctl status >"$WORK/status" 2>&1 || got=$?
	[ "$got" = "$1" ] || fail "status: exit $got, should be $1: $(cat "$WORK/status")"
	grep -qE -- "$2" "$WORK/status" || fail "'$2' is not said: $(cat "$WORK/status")"
}
json() { ctl status --json | jq -e "$1" >/dev/null; }
$PYTHON "$LIB/notified.py" "$WORK/notify" "$WORK/notified" >"$WORK/ear" &
ear=$!
await 5 grep -q READY "$WORK/ear" || fail "no ear"
begin() {
	NOTIFY_SOCKET=$WORK/notify WATCHDOG_USEC=1000000 LD_PRELOAD=$BUILD/fault/stall.so \
		STALL_FILE=$WORK/spool/stall "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>>"$WORK/err" &
	pid=$!
}

form_mail person@example.org 江苏省苏州市昆山市 13800138000 >"$WORK/1.eml"
mail_put maruijuan "$WORK/1.eml" 2022-06-10T10:01:00+08:00 || fail "not put"
begin
# shellcheck disable=SC2317 # by await
well() { json '.live.mailboxes | length == 2 and all(.[]; .state == "connected" and .last_sweep != null)'; }
await 15 well || fail "not well: $(ctl status --json) $(tail -n 3 "$WORK/err")"
await 15 json '.outbox.sent == 1' || fail "not answered"
stands 0 'mingpiand runs, process [0-9]+, since'
stands 0 'maruijuan@miit-icdc.org +connected .pushes., last contact [0-9]+ s ago'
json '.wrong == [] and .live.writer_alive and .live.paused == false and .oldest_unsent_at == null' || fail "json: $(ctl status --json)"

# The service manager: ready once, alive each half second.
grep -q 'READY=1' "$WORK/notified" || fail "not READY: $(cat "$WORK/notified")"
grep -q 'STATUS=2 of 2 mailboxes reached' "$WORK/notified" || fail "no STATUS: $(cat "$WORK/notified")"
[ "$(grep -c WATCHDOG=1 "$WORK/notified")" -gt 2 ] || fail "no WATCHDOG"

# Metrics, as Prometheus's own parser reads them; each sample has its HELP and TYPE.
await 20 grep -q "^mingpian_recorded_total 1$" "$WORK/metrics/mingpian.prom" || fail "no metrics: $(cat "$WORK/err")"
$PYTHON - "$WORK/metrics/mingpian.prom" <<-'END' || fail "metrics: $(cat "$WORK/metrics/mingpian.prom")"
	import sys
	from prometheus_client.parser import text_string_to_metric_families

	seen, names = {}, set()
	for family in text_string_to_metric_families(open(sys.argv[1], encoding="utf-8").read()):
	    assert family.name not in names and family.type in ("gauge", "counter") and family.documentation, family
	    names.add(family.name)
	    assert family.samples, family
	    for s in family.samples:
	        key = s.name, s.labels.get("mailbox")
	        assert key not in seen and set(s.labels) <= {"mailbox"}, s
	        seen[key] = s.value
	assert seen["mingpian_recorded_total", None] == 1 and seen["mingpian_writer_alive", None] == 1
	assert seen["mingpian_mailbox_reached", "maruijuan@miit-icdc.org"] == 1
END

# The disk hangs: the writer's word is broken after a quarter of a minute; the watchdog is not fed any more, status says
# why, though the writer cannot.
touch "$WORK/spool/stall"
form_mail two@example.org 江苏省苏州市常熟市 13800138000 >"$WORK/2.eml"
mail_put maruijuan "$WORK/2.eml" 2022-06-10T10:02:00+08:00 || fail "not put"
# shellcheck disable=SC2317 # by await
stuck() { json '.live.writer_alive == false'; }
await 40 stuck || fail "a stuck writer is not seen: $(ctl status --json)"
stands 1 'wrong: the writer does not answer'
sleep 1
fed=$(grep -c WATCHDOG=1 "$WORK/notified")
sleep 2
[ "$(grep -c WATCHDOG=1 "$WORK/notified")" = "$fed" ] || fail "the watchdog is fed while the writer is stuck"
grep -q 'STATUS=the writer does not answer' "$WORK/notified" || fail "STATUS does not say it"
[ "$(grep -c 'writer does not answer' "$WORK/err")" = 1 ] || fail "not said once to the journal"
rm "$WORK/spool/stall"
await 20 json '.live.writer_alive and .outbox.sent == 2' || fail "it does not go on: $(ctl status --json)"

# Servers away, and a full outbox that waits for one: each is named with when it is tried again.
stop_process "$SMTPD_PID"
stop_process "$DOVECOT_PID"
await 30 json '.live.mailboxes | all(.[]; .state == "resting" and .next_try != null and .error != null)' ||
	fail "not seen as away: $(ctl status --json)"
stands 1 'wrong: maruijuan@miit-icdc.org: .*(not reached|ends the connection)'
grep -q 'mingpian_mailbox_reached{mailbox="maruijuan@miit-icdc.org"} 0' <(await 20 grep 'reached{.*} 0' "$WORK/metrics/mingpian.prom" && cat "$WORK/metrics/mingpian.prom") ||
	fail "the metrics do not say it"

# Killed: it ended without a word. Told to end: with one.
kill -9 "$pid"
wait "$pid" 2>/dev/null
stands 1 'ended without a word'
begin
# shellcheck disable=SC2317 # by await
ctl_up() { json '.live != null'; }
await 10 ctl_up || fail "it does not come up: $(tail -n 3 "$WORK/err")"
kill "$pid"
wait "$pid" || fail "told to end, it ended with $?"
pid=
grep -q 'STOPPING=1' "$WORK/notified" || fail "not STOPPING"
stands 0 'mingpiand does not run'
(export MINGPIAN_NOW && MINGPIAN_NOW=$(date -d '+3 hours' +%Y-%m-%dT%H:%M:%S%:z) && stands 1 'has not run since') || exit 1

# All that is wrong is said, however much it is: here of a log in which seventy folders lacked mails.
sed 's|/spool"|/spool2"|' "$WORK/mingpian.cfg" >"$WORK/many.cfg"
mkdir -p "$WORK/spool2/log"
$PYTHON - >"$WORK/spool2/log/2022-06.jsonl" <<-'END'
	import hashlib
	import json

	prev = "0" * 64
	for n in range(1, 71):
	    line = json.dumps({
	        "seq": n, "at": "2022-06-10T10:00:00+08:00", "event": "compared", "prev": prev,
	        "mailbox": "maruijuan@miit-icdc.org", "folder": f"F{n}", "uidvalidity": 7, "on_server": 1,
	        "recorded": 0, "left": 0, "held": 0, "new": 0, "missing": 1, "gone": 0, "uids": [1]}, separators=(",", ":"))
	    prev = hashlib.sha256(line.encode()).hexdigest()
	    print(line)
END
many() { "$BUILD/mingpianctl" -c "$WORK/many.cfg" "$@"; }
many rebuild >"$WORK/rebuilt" 2>&1 || fail "the log is not taken: $(cat "$WORK/rebuilt")"
many status >"$WORK/status"
[ $? = 1 ] && [ "$(grep -c '^wrong: maruijuan@miit-icdc.org, folder F' "$WORK/status")" = 70 ] || fail "not all is said: $(cat "$WORK/status")"
many status --json | jq -e '.wrong | length == 70' >/dev/null || fail "not all in JSON"

# Nothing of a person was said.
grep -E 'example.org|13800138000|沈志远|secret' "$WORK/err" "$WORK/notified" "$WORK/metrics/mingpian.prom" "$WORK/status" && fail "a person, or a password"
exit 0
