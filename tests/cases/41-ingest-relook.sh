#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: mail that came by another way goes through the same pipe, beside a running daemon and without one; and what
# was left to its owner is looked at again when the form file changed or a person asks: what is a form after all is
# recorded, and its reply waits for a person.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
. "$(dirname "$0")/../lib/dialogue.sh"
case_begin
[ -e "$BUILD/fault/record.so" ] || skip "no $BUILD/fault/record.so: make check builds it"
servers_start "$WORK"
config_write "$WORK"
: >"$WORK/smtp.log"
left() { ctl log --event left --json | wc -l; }

# ---- without a daemon ----
form_mail a@test.example 江苏省苏州市昆山市 13800138000 '<1@test>' >"$WORK/1.eml"
form_mail b@test.example 江苏省苏州市常熟市 2331000 '<2@test>' >"$WORK/2.eml"
printf '%s\r\n' 'From: friend@test.example' 'To: maruijuan@miit-icdc.org' 'Subject: weekend' 'Message-ID: <p@test>' \
	'Content-Type: text/plain; charset=UTF-8' '' '周末一起吃饭吗？' >"$WORK/private.eml"
printf 'this is no mail' >"$WORK/none.eml"
at='--received 2022-06-10T10:05:00+08:00'
# shellcheck disable=SC2086
ctl ingest "$WORK/1.eml" - $at <"$WORK/2.eml" >"$WORK/out" || fail "not taken in: $(cat "$WORK/out")"
grep -q '1.eml: CYMP-2022-0001, accepted, its reply goes out$' "$WORK/out" || fail "the first: $(cat "$WORK/out")"
grep -q '^-: CYMP-2022-0002, correction' "$WORK/out" || fail "the second: $(cat "$WORK/out")"
[ "$(ctl log --event received --json | jq -r '.way + .mailbox + .received_at' | sort -u)" = \
	ingestmaruijuan@miit-icdc.org2022-06-10T10:05:00+08:00 ] || fail "logged otherwise: $(ctl log --event received --json)"
[ "$(replies_to a@test.example)" = 0 ] || fail "sent without a daemon"
# shellcheck disable=SC2086
RECORD=$WORK/record RECORD_BELOW=$WORK/spool LD_PRELOAD=$BUILD/fault/record.so ctl ingest "$WORK/1.eml" "$WORK/2.eml" $at | grep -c 'CYMP-2022-000[12], known already$' | grep -q 2 || fail "the same files again are not known"
# The form file's copy goes before the index is closed, and so before the spool's lock is: whoever gets the lock next makes a
# copy of the same name.
$PYTHON - "$LIB" "$WORK/record" <<-'END' || fail "the form file's copy goes too late"
	import sys

	sys.path.insert(0, sys.argv[1])
	from powercut import read_steps

	gone = [s.path for s in read_steps(sys.argv[2]) if s.kind == "U"]
	print(gone)
	sys.exit("form.0.cfg" not in gone or gone[-1] != "index.db-wal")
END
for file in private none away; do
	ctl ingest "$WORK/$file.eml" >"$WORK/out" 2>"$WORK/err" && fail "$file: taken in"
	grep -q "$file.eml: it " "$WORK/err" || fail "$file: no word why: $(cat "$WORK/err")"
done
grep -rq 周末 "$WORK/spool" && fail "something of a private mail was kept"
[ "$(left)" = 0 ] || fail "a file that somebody has still counts as left"
for wrong in '--mailbox nobody@miit-icdc.org' '--received yesterday' '--colour red'; do
	# shellcheck disable=SC2086
	ctl ingest "$WORK/1.eml" $wrong 2>/dev/null
	[ $? = 64 ] || fail "$wrong: taken"
done
# The same mail by IMAP, later: known; and what was due goes out.
mail_put maruijuan "$WORK/1.eml" 2022-06-10T11:00:00+08:00 || fail "not put"
once
[ "$(replies_to a@test.example) $(replies_to b@test.example)" = '1 1' ] || fail "the next run does not send"
[ "$(ctl list --json | wc -l)" = 2 ] || fail "registered twice"

# ---- what was left, and a form file that knows better ----
sed 's/申请区域（城市）/甲/g; s/牵头单位/乙/g; s/主导产业/丙/g; s/特色产业/丁/g; s/申请区域简介/戊/g; s/联系人/己/g; s/联系电话/庚/g
	s/登记表/辛/g; s/产业名片/壬/g; s/名片打造/癸/g' "$TOP/config/form.cfg" >"$WORK/form.cfg"
sed -i "s|form = \"[^\"]*\"|form = \"$WORK/form.cfg\"|" "$WORK/mingpian.cfg"
form_mail c@test.example 江苏省苏州市太仓市 13800138000 '<3@test>' >"$WORK/3.eml"
put "$WORK/3.eml" "$WORK/private.eml"
once
[ "$(left)" = 2 ] || fail "not left: $(ctl log --event recorded)"
once
[ "$(left)" = 2 ] || fail "looked at again though nothing has changed"
cp "$TOP/config/form.cfg" "$WORK/form.cfg"
once
grep -q 'looked at again' "$WORK/err" || fail "the journal does not say so: $(cat "$WORK/err")"
[ "$(ctl show CYMP-2022-0003 --json | jq -r '.messages[0].replies[0] | .state + " " + .why')" = 'withheld relooked' ] ||
	fail "not withheld: $(ctl show CYMP-2022-0003)"
[ "$(replies_to c@test.example)" = 0 ] || fail "sent after all"
[ "$(left)" = 3 ] || fail "the private mail was not looked at again"
[ "$(ctl status --json | jq .messages.other)" = 1 ] || fail "counted wrong: $(ctl status --json)"
once
[ "$(left)" = 3 ] || fail "looked at again and again"
ctl review release CYMP-2022-0003.1 --why '核对无误' >/dev/null || fail "not released"
once
[ "$(replies_to c@test.example)" = 1 ] || fail "released, and not sent"

# ---- beside a daemon ----
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/daemon.err" &
daemon=$!
await 10 test -S "$WORK/spool/control.sock" || fail "no control socket: $(cat "$WORK/daemon.err")"
form_mail d@test.example 江苏省苏州市张家港市 13800138000 '<4@test>' >"$WORK/4.eml"
ctl ingest "$WORK/4.eml" --mailbox dongwenyan@miit-icdc.org --received 2022-07-01T00:00:00+08:00 >"$WORK/out" ||
	fail "the daemon takes nothing in: $(cat "$WORK/out")"
grep -q '4.eml: CYMP-2022-0004, accepted, its reply goes out$' "$WORK/out" || fail "the daemon: $(cat "$WORK/out")"
[ "$(ctl show CYMP-2022-0004 --json | jq -c '[.late, .mailbox]')" = '[true,"dongwenyan@miit-icdc.org"]' ] || fail "not late, or another mailbox"
sent_d() { [ "$(replies_to d@test.example)" = 1 ]; }
await 20 sent_d || fail "the daemon does not answer it"
ctl ingest "$WORK/private.eml" 2>"$WORK/err" && fail "private, and taken in"
grep -q 'it is no registration (other)' "$WORK/err" || fail "private: $(cat "$WORK/err")"
ctl relook --since 2035-01-01 | grep -q 'nothing was left' || fail "something was left in 2035"
ctl relook --since never 2>/dev/null && fail "no time, and taken"
[ "$(left)" = 3 ] || fail "looked at before it was asked for"
ctl relook --since 2022-06-01 --why '规则有误' | grep -q '^1 mails' || fail "not one"
again() { [ "$(left)" = 4 ]; }
await 20 again || fail "asked for, and not looked at: $(cat "$WORK/daemon.err")"
file=$(ctl log --event relooked --json | tail -n 1 | jq -r .decision)
jq -e '.why == "规则有误" and (.by | startswith("'"$(id -un)"'"))' "$WORK/spool/read/${file:0:2}/$file.json" >/dev/null ||
	fail "nobody knows who asked"
kill -TERM $daemon
wait $daemon || fail "the daemon ends with $?"
ctl verify >/dev/null || fail "not whole: $(ctl verify)"
