#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a whole daemon in shadow records all and sends nothing, whatever a person releases; replay says what today's
# form file would make of the kept mails, field by field, and changes nothing.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
. "$(dirname "$0")/../lib/dialogue.sh"
case_begin
servers_start "$WORK"
config_write "$WORK" "shadow = true;"
sent() { grep -c '"ev": "data"' "$WORK/smtp.log" 2>/dev/null; }
state() { find "$WORK/spool/log" "$WORK/spool/mail" "$WORK/spool/read" -type f -exec sha256sum {} + | sort | sha256sum; }

form_mail a@example.org 江苏省苏州市昆山市 13800138000 '<1@x>' >"$WORK/1.eml"
form_mail b@example.org 江苏省苏州市常熟市 2331000 '<2@x>' >"$WORK/2.eml"
form_mail c@example.org 江苏省苏州市太仓市 13800138001 '<3@x>' | sed 's/^特色产业：.*/特色产业：\r/' >"$WORK/3.eml"
sed -e '/^$/,$d' -e '/^\r$/,$d' "$WORK/1.eml" | sed 's/<1@x>/<4@x>/' >"$WORK/4.eml"
printf '\r\n产业名片登记表见附件，请查收。\r\n' >>"$WORK/4.eml"
tell "$WORK"/[1-4].eml
[ "$(ctl list --json | jq -s 'map(.state) | sort | join(" ")' -r)" = "accepted correction correction" ] || fail "not recorded: $(ctl list)"
[ "$(ctl log --event queued --json | jq -r '.state + " " + .why' | sort -u)" = "withheld shadow" ] || fail "not withheld: $(ctl log --event queued)"
[ "$(ctl log --event queued --json | wc -l)" = 4 ] || fail "not four replies: $(ctl log --event queued)"
ctl status | grep -q '4.*withheld' || fail "status does not tell: $(ctl status)"
ctl log --event started --json | jq -se 'all(.shadow)' >/dev/null || fail "the log does not tell"

# Released by a person, without a daemon and by one that runs: it waits, for shadow is shadow.
ctl review release CYMP-2022-0001.1 --why test >/dev/null || fail "not released"
once
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/daemon.err" &
daemon=$!
await 10 test -S "$WORK/spool/control.sock" || fail "no daemon: $(cat "$WORK/daemon.err")"
ctl review release CYMP-2022-0002.1 --why test >/dev/null || fail "not released by the daemon"
sleep 1
kill $daemon
wait $daemon || fail "the daemon ended with $?"
[ "$(sent)" = 0 ] || [ -z "$(sent)" ] || fail "something was sent in shadow: $(cat "$WORK/smtp.log")"

# Replay: the same form file says the same; another one says which fields.
before=$(state)
ctl replay >"$WORK/out" 2>"$WORK/err" || fail "no replay: $(cat "$WORK/err")"
grep -q '^4 mails were read again: all the same' "$WORK/out" || fail "not the same: $(cat "$WORK/out")"
sed -e 's/label = "特色产业"; kind = "text"; required = true/label = "特色产业"; kind = "text"; required = false/' \
	-e 's/max = 3;/max = 1;/' "$TOP/config/form.cfg" >"$WORK/form.cfg"
sed "s|form = \"[^\"]*\"|form = \"$WORK/form.cfg\"|" "$WORK/mingpian.cfg" >"$WORK/other.cfg"
"$BUILD/mingpianctl" -c "$WORK/other.cfg" replay --json >"$WORK/out" || fail "no replay"
jq -se '.[-1] == {mails: 4, differ: 3, failed: 0, gone: 0, fields: {disposition: 1, defects: 3}}' "$WORK/out" >/dev/null ||
	fail "other counts: $(cat "$WORK/out")"
jq -se '[.[:-1][].differs[]] | all(.was != .now and .field != null)' "$WORK/out" >/dev/null || fail "differs: $(cat "$WORK/out")"
jq -se '[.[:-1][].differs[] | select(.field == "defects") | (.was // "") + ">" + (.now // "")] | any(. == "special_industry missing>leading_industries too_many")' \
	"$WORK/out" >/dev/null || fail "which defects: $(cat "$WORK/out")"
jq -se '[.[:-1][].received_at] | length == 3 and . == sort' "$WORK/out" >/dev/null || fail "not in the mails' order: $(cat "$WORK/out")"
"$BUILD/mingpianctl" -c "$WORK/other.cfg" replay >"$WORK/out" || fail "no replay"
grep -q 'defects  *special_industry missing → leading_industries too_many' "$WORK/out" || fail "for a person: $(cat "$WORK/out")"
grep -q 'nothing was sent or changed' "$WORK/out" || fail "no last word"
ctl replay all 2>"$WORK/err"
[ $? = 64 ] || fail "an argument too many"
# A mail that is missing is counted and stops nothing.
hash=$(ctl log --event recorded --json | jq -r .message | head -n 1)
mv "$WORK/spool/mail/${hash:0:2}/$hash.eml" "$WORK/lost"
ctl replay --json | jq -se '.[-1] | .mails == 3 and .gone == 1' >/dev/null || fail "a mail that is not there"
mv "$WORK/lost" "$WORK/spool/mail/${hash:0:2}/$hash.eml"
[ "$(state)" = "$before" ] || fail "replay has changed the spool"

# The shadow is lifted: what a person released goes out now, the rest waits still.
sed -i 's/shadow = true/shadow = false/' "$WORK/mingpian.cfg"
once
[ "$(sent)" = 2 ] || fail "$(sent) went out, should be the two released"
echo "in shadow, and again"
