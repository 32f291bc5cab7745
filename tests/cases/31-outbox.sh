#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a reply goes out once, whatever the SMTP server does: a temporary no is tried again later, a final no
# goes to a person, a connection lost after the final dot is counted and tried with the same Message-ID.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
state() { ctl show "$1" --json | jq -r '.messages[0].replies[0].state'; }
# run WANTED_STATUS [NOW]: one run, at that time.
run() {
	local status=0
	MINGPIAN_NOW=${2:-} "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || status=$?
	[ "$status" = "$1" ] || fail "exit $status, should be $1: $(cat "$WORK/err")"
}
delivered() { jq -s --arg to "$1" '[.[] | select(.ev == "data" and .taken and (.to | index($to)))] | length' "$WORK/smtp.log"; }

n=0
for who in later never lost gone fine; do
	n=$((n + 1))
	region=$(sed -n "${n}p" <<-END
		江苏省苏州市昆山市
		江苏省苏州市常熟市
		江苏省苏州市张家港市
		江苏省苏州市太仓市
		江苏省无锡市江阴市
	END
	)
	form_mail $who@example.org "$region" 13800138000 >"$WORK/$who.eml"
	mail_put maruijuan "$WORK/$who.eml" 2022-06-10T10:0$n:00+08:00 || fail "$who: not put"
done
faults '{"rcpt": {"later@example.org": "451 4.7.1 greylisted", "never@example.org": "550 5.1.1 no such user"},
         "data": {"lost@example.org": "drop-after-accept", "gone@example.org": "drop-before-accept"}}'
run 75 2026-01-01T08:00:00+08:00
receipt() { ctl list --json | jq -r --arg who "$1@example.org" 'select(.sender == $who) | .receipt'; }
later=$(receipt later) never=$(receipt never) lost=$(receipt lost) fine=$(receipt fine)
[ "$(state "$later")" = deferred ] || fail "greylisted: $(state "$later")"
[ "$(state "$never")" = failed ] || fail "refused: $(state "$never")"
[ "$(state "$lost")" = deferred ] || fail "lost: $(state "$lost")"
[ "$(state "$fine")" = sent ] || fail "fine: $(state "$fine")"
[ "$(ctl log --event unknown --json | wc -l)" = 2 ] || fail "the undecidable were not counted"
ctl status | grep -q "$never" || fail "nobody is told of the refused one"

# Not before its time; and mail that is known is not recorded again.
faults '{}'
run 75 2026-01-01T08:00:01+08:00
[ "$(delivered later@example.org)" = 0 ] || fail "hammered"
run 0 2026-01-01T08:10:00+08:00
for who in later lost gone fine; do
	[ "$(state "$(receipt $who)")" = sent ] || fail "$who: $(state "$(receipt $who)")"
done
[ "$(delivered later@example.org)" = 1 ] || fail "greylisted: taken $(delivered later@example.org) times"
[ "$(delivered lost@example.org)" = 2 ] || fail "lost: taken $(delivered lost@example.org) times"
[ "$(delivered fine@example.org)" = 1 ] || fail "fine: taken $(delivered fine@example.org) times"
[ "$(delivered never@example.org)" = 0 ] || fail "refused, and sent"

# Both copies of the lost one bear one Message-ID.
[ "$(grep -rhi '^message-id:' "$WORK/mail/lost/new" | sort -u | wc -l)" = 1 ] || fail "another Message-ID"
[ "$(grep -rhi '^message-id:' "$WORK/mail/lost/new" | wc -l)" = 2 ] || fail "not two copies"

# What never works is given up after retry_days, and shown.
form_mail tired@example.org 江苏省南通市海安市 13800138000 >"$WORK/tired.eml"
mail_put maruijuan "$WORK/tired.eml" 2022-06-11T10:00:00+08:00 || fail "tired: not put"
faults '{"rcpt": {"tired@example.org": "452 4.2.2 full"}}'
run 75 2026-01-02T08:00:00+08:00
run 75 2026-01-03T08:00:00+08:00
run 0 2026-01-05T08:10:00+08:00
[ "$(state "$(receipt tired)")" = failed ] || fail "tired: $(state "$(receipt tired)")"

# It is the third time in the dark that makes it a person's, however often it was put off before; let out, it counts anew.
for who in dark void; do
	[ $who = dark ] && region=江苏省南通市如皋市 || region=江苏省南通市启东市
	form_mail "$who@example.org" "$region" 13800138000 >"$WORK/$who.eml"
	mail_put maruijuan "$WORK/$who.eml" 2022-06-11T11:00:00+08:00 || fail "$who: not put"
done
faults '{"rcpt": {"dark@example.org": "451 4.7.1 later"}, "data": {"void@example.org": "drop-before-accept"}}'
run 75 2026-01-06T08:00:00+08:00
run 75 2026-01-06T09:00:00+08:00
[ "$(state "$(receipt void)")" = deferred ] || fail "void: $(state "$(receipt void)")"
faults '{"data": {"dark@example.org": "drop-before-accept", "void@example.org": "drop-before-accept"}}'
run 75 2026-01-06T12:00:00+08:00
[ "$(state "$(receipt void)")" = failed ] || fail "void: $(state "$(receipt void)")"
[ "$(state "$(receipt dark)")" = deferred ] || fail "dark: $(state "$(receipt dark)")"
run 75 2026-01-06T18:00:00+08:00
[ "$(state "$(receipt dark)")" = deferred ] || fail "dark: $(state "$(receipt dark)")"
ctl review release "$(receipt void).1" --why 'the server has not got it' >"$WORK/out" || fail "not let out: $(cat "$WORK/out")"
run 75 2026-01-06T18:01:00+08:00
[ "$(state "$(receipt void)")" = deferred ] || fail "void, let out: $(state "$(receipt void)")"
faults '{}'
run 0 2026-01-07T08:00:00+08:00
for who in dark void; do
	[ "$(state "$(receipt $who)")" = sent ] || fail "$who: $(state "$(receipt $who)")"
	[ "$(delivered $who@example.org)" = 1 ] || fail "$who: taken $(delivered $who@example.org) times"
done

# What a person lets out days after it was written is tried as long as any other.
faults '{"rcpt": {"never@example.org": "451 4.7.1 greylisted"}}'
ctl review release "$never.1" --why 'the address is there now' >"$WORK/out" || fail "not let out: $(cat "$WORK/out")"
run 75 2026-01-07T09:00:00+08:00
[ "$(state "$never")" = deferred ] || fail "let out late: $(state "$never")"
faults '{}'
run 0 2026-01-07T10:00:00+08:00
[ "$(delivered never@example.org)" = 1 ] || fail "let out late: taken $(delivered never@example.org) times"

# One that the server slows down for does not keep back those behind it.
for who in slow behind; do
	[ $who = slow ] && region=江苏省南通市如东县 || region=江苏省徐州市新沂市
	form_mail $who@example.org "$region" 13800138000 >"$WORK/$who.eml"
	mail_put maruijuan "$WORK/$who.eml" 2022-06-11T12:00:00+08:00 || fail "$who: not put"
done
faults '{"rcpt": {"slow@example.org": "451 4.7.1 rate limit for this recipient"}}'
run 75 2026-01-07T10:01:00+08:00
run 75 2026-01-07T10:02:00+08:00
[ "$(state "$(receipt slow)")" = deferred ] || fail "slow: $(state "$(receipt slow)")"
[ "$(state "$(receipt behind)")" = sent ] || fail "behind a slow one: $(state "$(receipt behind)")"
faults '{}'
run 0 2026-01-07T10:30:00+08:00
[ "$(state "$(receipt slow)")" = sent ] || fail "slow: $(state "$(receipt slow)")"
ctl verify || fail "not whole"
