#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a registration that law wants gone is gone: no byte of name, number or address in any file of the spool,
# index and WAL included; the log says when, by whom and why, and its chain is whole; a mail with others' forms
# goes only where that is said; by a daemon that runs and without one; and it does not come back.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
. "$(dirname "$0")/../lib/dialogue.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
# a digest is a mail for each that gets it
sed -i 's/to = \["dongwenyan@miit-icdc.org"\]/to = ["dongwenyan@miit-icdc.org", "second@miit-icdc.org"]/' "$WORK/mingpian.cfg"

# traces WORD…: how many files of the spool hold one of them.
traces() {
	local word
	local -a sought=()
	for word; do sought+=(-e "$word"); done
	grep -rlaF "${sought[@]}" "$WORK/spool" | wc -l
}
# refused STATUS WORDS COMMAND…
refused() {
	local status=$1 words=$2 got=0
	shift 2
	ctl "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || got=$?
	[ "$got" = "$status" ] && grep -q -e "$words" "$WORK/err" || fail "$*: exit $got, $(cat "$WORK/err")"
}

form_mail li@gone.example.org 江苏省苏州市昆山市 15900001111 '<1@x>' | sed 's/沈志远/欧阳无痕/' >"$WORK/1.eml"
form_mail wang@stays.example.org 江苏省苏州市常熟市 13800138000 '<2@x>' >"$WORK/2.eml"
# one mail with two forms
{
	form_mail both@shared.example.org 江苏省无锡市江阴市 15900002222 '<3@x>' | sed 's/沈志远/司马甲/'
	form_mail x@x 江苏省无锡市宜兴市 15900003333 | sed '1,/^\r$/d; s/沈志远/司马乙/'
} >"$WORK/3.eml"
tell "$WORK/1.eml" "$WORK/2.eml" "$WORK/3.eml"
[ "$(ctl list --json | wc -l)" = 4 ] || fail "not four registrations: $(ctl list)"
# corrected, and decided upon by a person
reply_to li@gone.example.org "$WORK/reply.eml"
form_mail li@gone.example.org 江苏省苏州市昆山市 15900004444 '<4@x>' | sed 's/沈志远/欧阳无痕/' >"$WORK/4.eml"
tell "$WORK/4.eml"
ctl review accept CYMP-2022-0001 --set phone=15900005555 --why '欧阳无痕来电' >/dev/null || fail "not accepted"
[ "$(traces 15900005555)" -ge 2 ] || fail "the test looks for what is not there"

# A digest lists it, with a workbook.
ctl digest --send >"$WORK/out" 2>&1 || fail "no digest: $(cat "$WORK/out")"
refused 66 'on its way' redact CYMP-2022-0001 --why law --yes
once
digest=$(ctl log --event digested --json | jq -r .message)
[ -f "$WORK/spool/mail/${digest:0:2}/$digest.eml" ] || fail "no digest in the spool"

# First it is only listed.
before=$(ctl status --json | jq .head_seq)
ctl redact CYMP-2022-0001 >"$WORK/out" || fail "not listed"
[ "$(grep -cE '^  .*(mail|reading|reply|decision|digest) ' "$WORK/out")" = 9 ] || fail "not nine files: $(cat "$WORK/out")"
[ "$(ctl redact CYMP-2022-0001 --json | jq -s 'map(select(.gone | not)) | length')" = 9 ] || fail "not nine objects"
refused 64 'nothing was taken out.*--yes' redact CYMP-2022-0001 --why law
refused 64 'reason' redact CYMP-2022-0001 --yes
# by another door: review has four acts, and this is none of them
refused 64 'release, accept, dismiss or join' review redact CYMP-2022-0001 --why law
refused 65 'mingpianctl list' redact CYMP-2022-9999 --why law --yes
refused 64 'one receipt' redact
refused 64 'no receipt' redact CYMP-2022-0001 --due
refused 66 'with-others' redact CYMP-2022-0003 --why law --yes
[ "$(ctl status --json | jq .head_seq)" = "$before" ] || fail "a refusal is in the log"
ctl redact --due | grep -q 2035-12-31 || fail "what is due before its time"
sed -i 's/2035-12-31/2022-12-31/' "$WORK/mingpian.cfg"
[ "$(ctl redact --due | wc -l)" = 4 ] && [ "$(ctl redact --due --json | jq -s length)" = 4 ] || fail "what is due: $(ctl redact --due)"

# Without a daemon.
ctl redact CYMP-2022-0001 --why '保存期限已满' --yes >"$WORK/out" || fail "not taken out"
[ "$(traces 15900001111 15900004444 15900005555 欧阳无痕 gone.example.org)" = 0 ] ||
	fail "traces: $(grep -rlaF -e 15900001111 -e 15900004444 -e 15900005555 -e 欧阳无痕 -e gone.example.org "$WORK/spool")"
[ "$(traces 13800138000)" -gt 0 ] || fail "the other one has gone as well"
[ ! -e "$WORK/spool/mail/${digest:0:2}/$digest.eml" ] || fail "the digest has stayed"
ctl verify | grep -q '9 taken out lawfully' || fail "verify: $(ctl verify)"
line=$(ctl log --event redacted --json)
[ "$(jq -r '.receipt + " " + (.files | length | tostring)' <<<"$line")" = 'CYMP-2022-0001 9' ] || fail "the line: $line"
decision=$(jq -r .decision <<<"$line")
jq -e '.why == "保存期限已满" and (.by | startswith("'"$(id -un)"'"))' "$WORK/spool/read/${decision:0:2}/$decision.json" >/dev/null ||
	fail "it does not say who and why"
ctl show CYMP-2022-0001 | grep -q '保存期限已满' || fail "its life does not tell"
ctl show CYMP-2022-0001 --html "$WORK/page.html" >/dev/null && grep -q 已依规清除 "$WORK/page.html" || fail "the page does not tell"
refused 66 'nothing of CYMP-2022-0001 is left' redact CYMP-2022-0001 --why again --yes
refused 66 'taken out' review accept CYMP-2022-0001 --set phone=13800138000 --why x
# missing is another thing than taken out
lost=$(ctl log CYMP-2022-0002 --event recorded --json | jq -r .reading)
mv "$WORK/spool/read/${lost:0:2}/$lost.json" "$WORK/lost"
ctl verify >"$WORK/out" && fail "a file that is missing is not found"
grep -q "$lost.*not there" "$WORK/out" || fail "it is not named: $(cat "$WORK/out")"
mv "$WORK/lost" "$WORK/spool/read/${lost:0:2}/$lost.json"
ctl rebuild >/dev/null && ctl verify >/dev/null || fail "the index made anew is another one"
[ "$(traces 15900001111 欧阳无痕 gone.example.org)" = 0 ] || fail "rebuild brought it back"

# By a daemon that runs; the mailbox holds the mails still, under a new UIDVALIDITY, and they stay away.
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/daemon.err" &
daemon=$!
await 10 test -S "$WORK/spool/control.sock" || fail "no control socket: $(cat "$WORK/daemon.err")"
ctl redact CYMP-2022-0003 --with-others --why '应申请人要求' --yes >"$WORK/out" || fail "the daemon did not: $(cat "$WORK/out")"
grep -q 'holds as well: CYMP-2022-0004' "$WORK/out" || fail "whose forms go as well is not told: $(cat "$WORK/out")"
[ "$(traces 15900002222 15900003333 司马 shared.example.org)" = 0 ] || fail "traces beside a daemon"
kill -TERM $daemon
wait $daemon || fail "the daemon ended with $?"
find "$WORK/mail/maruijuan" -name dovecot-uidlist -delete
find "$WORK/mail/maruijuan" -name 'dovecot.index*' -delete
once
[ "$(traces 15900001111 15900002222 欧阳无痕 司马 gone.example.org)" = 0 ] || fail "the mailbox brought it back"
ctl verify >/dev/null || fail "not whole: $(ctl verify)"
[ "$(replies_to li@gone.example.org)" = 2 ] || fail "answered anew"
ctl list | grep -q CYMP-2022-0002 || fail "the one that stays"

# What a join brought to another is that one's as well, also where the join was ended: it goes only where that is said.
form_mail one@one.example.org 江苏省苏州市太仓市 13900000001 '<5@x>' >"$WORK/5.eml"
form_mail two@two.example.org 江苏省苏州市太仓市 13900000002 '<6@x>' >"$WORK/6.eml"
tell "$WORK/5.eml" "$WORK/6.eml"
ctl review join CYMP-2022-0006 --into CYMP-2022-0005 --why '同一单位' >/dev/null || fail "not joined"
ctl review accept CYMP-2022-0006 --why '实为两家' >/dev/null || fail "not ended"
once
refused 66 'with-others' redact CYMP-2022-0006 --why law --yes
[ "$(newest CYMP-2022-0005)" = 'accepted 2 13900000002' ] || fail "the other: $(newest CYMP-2022-0005)"
echo "taken out, for good"
