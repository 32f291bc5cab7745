#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: the digest goes out once a day at the set time, one for all days of an outage, with what waits and with
# codes that settle it by mail: for staff whose authentication passed, once, and for nobody else.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
. "$(dirname "$0")/../lib/dialogue.sh"
case_begin
daemon=
trap 'stop_process "$daemon"; case_end' EXIT
servers_start "$WORK"
config_write "$WORK"
sed -i '/^digest:/s/at = "[0-9:]*"/at = "08:30"/' "$WORK/mingpian.cfg"
at() { export MINGPIAN_NOW=$1; }
digests() { jq -s '[.[] | select(.event == "digested")] | length' "$WORK"/spool/log/*.jsonl; }
ordered() { ctl log --event ordered --json | jq -r '.refused // ([.orders[] | .act + ":" + .outcome] | join(" "))'; }
state() { jq -rs --arg r "$1" '[.[] | select(.reply == $r and .event != "queued")] | (last // {}) | .event // "none"' "$WORK"/spool/log/*.jsonl; }

# ---- when ----

# Three replies wait: forms in mail that looks automatic; and one registration is in conflict.
n=0
for region in 江苏省苏州市昆山市 江苏省苏州市常熟市 江苏省苏州市太仓市; do
	n=$((n + 1))
	form_mail "a$n@example.org" $region 13800138000 "<$n@x>" 'X-Auto-Response-Suppress: All' >"$WORK/$n.eml"
done
form_mail rival@example.net 江苏省苏州市昆山市 13900139000 >"$WORK/4.eml"
at 2022-06-10T12:00:00+08:00
tell "$WORK"/[1-4].eml
[ "$(digests)" = 0 ] || fail "a digest before the first set time"
at 2022-06-11T08:29:00+08:00
once
[ "$(digests)" = 0 ] || fail "a digest too early"
at 2022-06-11T08:30:00+08:00
once
[ "$(digests)" = 1 ] || fail "no digest at the set time: $(cat "$WORK/err")"
at 2022-06-11T20:00:00+08:00
once
[ "$(digests)" = 1 ] || fail "a second digest on one day"
# Three days without us: one digest, for the last set time, and one a day again.
at 2022-06-14T10:00:00+08:00
once
at 2022-06-14T11:00:00+08:00
once
[ "$(digests)" = 2 ] || fail "$(digests) digests after an outage, should be one more"
ctl log --event digested --json | tail -n 1 | jq -e '.date == "2022-06-14" and (.codes | length) == 4 and (.head | length) == 64' \
	>/dev/null || fail "digested: $(ctl log --event digested --json | tail -n 1)"
[ "$(replies_to dongwenyan@miit-icdc.org)" = 2 ] || fail "not two mails to staff"

# A running daemon, at the minute.
at @2022-06-15T08:29:57+08:00
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/daemon.err" &
daemon=$!
third() { [ "$(digests)" = 3 ] && [ "$(state D-20220615.1)" = sent ]; }
await 60 third || fail "no digest from a running daemon: $(cat "$WORK/daemon.err")"
kill -TERM $daemon
wait $daemon || fail "the daemon ends with $?"
daemon=
ctl log --event digested --json | tail -n 1 | jq -e '.at | startswith("2022-06-15T08:30:0")' >/dev/null ||
	fail "not at the minute: $(ctl log --event digested --json | tail -n 1)"

# ---- what is in it ----

at 2022-06-15T09:00:00+08:00
once # our own digest lies in the mailbox that is watched: it is ignored
ctl log --event left --json | jq -e 'select(.disposition == "ignored")' >/dev/null || fail "our own digest is not ignored"
reply_to dongwenyan@miit-icdc.org "$WORK/digest.eml"
mkdir "$WORK/seen"
$PYTHON "$LIB/letter.py" "$WORK/digest.eml" "$WORK/seen/d" >"$WORK/seen/d.txt" || fail "no mail that can be read"
for word in '共登记4件' '待办4项' 'CYMP-2022-0001.1' "$(ctl log --event digested --json | tail -n 1 | jq -r '"\(.head_seq):\(.head)"')"; do
	grep -qF "$word" "$WORK/seen/d.txt" || fail "no $word in the text: $(cat "$WORK/seen/d.txt")"
	grep -qF "$word" <(sed 's/<[^>]*>//g' "$WORK/seen/d.html") || fail "no $word in the page"
done
grep -qiE '(src|href|background)=|url\(|<script|<img|http' "$WORK/seen/d.html" && fail "the page reaches out"
[ -s "$WORK/seen/d-登记日报20220615.xlsx" ] || fail "no workbook: $(ls "$WORK/seen")"
book=$(sha256sum <"$WORK/seen/d-登记日报20220615.xlsx" | cut -c 1-64)
ctl log --event digested --json | tail -n 1 | jq -e --arg b "$book" '.workbook == $b' >/dev/null || fail "another workbook's hash"
# Codes stand in the digest alone.
code() { grep -A 1 "$1," <(sed 's/，/,/g' "$WORK/seen/d.txt") | grep -oE '[2-9A-Z]{5}-[2-9A-Z]{5}' | head -n 1; }
one=$(code CYMP-2022-0001.1) two=$(code CYMP-2022-0002.1) three=$(code CYMP-2022-0003.1) four=$(code CYMP-2022-0004)
for c in "$one" "$two" "$three" "$four"; do
	[ ${#c} = 11 ] || fail "codes: $one $two $three $four in $(cat "$WORK/seen/d.txt")"
	grep -rqF "$c" "$WORK/spool/log" "$WORK/spool/read" "$WORK/spool/index.db" && fail "a code outside the digest"
done

# ---- settled by mail ----

pass='Authentication-Results: mx.miit-icdc.org; dmarc=pass header.from=miit-icdc.org'
# answer FROM TEXT [HEADER…]: an answer to the digest is received; order: and one run takes it in.
answer() {
	local from=$1 text=$2 header headers=()
	shift 2
	for header; do headers+=(--header "$header"); done
	n=$((n + 1))
	applicant mail "$WORK/order$n.eml" "$from" "$text" "${ANSWER:---answer}" "$WORK/digest.eml" "${headers[@]}" || fail "no answer"
	printf '2022-06-15T09:%02d:00+08:00 %s\n' $n "$WORK/order$n.eml" | mails_put maruijuan || fail "not put"
}
order() {
	answer "$@"
	once
}

answer stranger@example.org "放行 $one" "$pass"
answer dongwenyan@miit-icdc.org "放行 $one"
answer dongwenyan@miit-icdc.org "放行 $one" 'Authentication-Results: mx.evil.example; dmarc=pass'
answer dongwenyan@miit-icdc.org "放行 $one" 'Authentication-Results: mx.miit-icdc.org; spf=pass; dmarc=fail'
answer dongwenyan@miit-icdc.org "放行 $one" "$pass" 'Auto-Submitted: auto-replied'
once
[ "$(ordered | tr '\n' ' ')" = 'sender authentication authentication authentication machine ' ] ||
	fail "a stranger, no pass, a foreign server's, a failed one, a machine: $(ordered)"
[ "$(state CYMP-2022-0001.1)" = none ] || fail "released by nobody's right"
[ "$(replies_to dongwenyan@miit-icdc.org)" = 3 ] || fail "who was refused was told"

order dongwenyan@miit-icdc.org "好的，知道了。请问何时截止？" "$pass"
[ "$(ordered | wc -l)" = 5 ] || fail "an order where there was none (quoted codes?): $(ordered)"

ANSWER=--answer-html order dongwenyan@miit-icdc.org "收到。
放行 $one" "$pass"
[ "$(ordered | tail -n 1)" = release:done ] || fail "not carried out: $(ordered)"
[ "$(state CYMP-2022-0001.1)" = sent ] || fail "released by mail, and not sent"
[ "$(replies_to a1@example.org)" = 1 ] || fail "not one reply to a1"
[ "$(replies_to dongwenyan@miit-icdc.org)" = 4 ] || fail "not confirmed by one mail"
reply_to dongwenyan@miit-icdc.org "$WORK/told.eml"
$PYTHON "$LIB/letter.py" "$WORK/told.eml" "$WORK/seen/t" >"$WORK/seen/t.txt"
grep -q '放行　CYMP-2022-0001.1：已办理' "$WORK/seen/t.txt" || fail "told: $(cat "$WORK/seen/t.txt")"
decision=$(ctl log --event reviewed --json | tail -n 1 | jq -r .decision)
jq -e '.by == "dongwenyan@miit-icdc.org" and (.why | startswith("回复日报D-20220615"))' \
	"$WORK/spool/read/${decision:0:2}/$decision.json" >/dev/null || fail "who and why are not kept"

order dongwenyan@miit-icdc.org "放行 $one" "$pass"
[ "$(ordered | tail -n 1)" = release:used ] || fail "used twice: $(ordered)"
order dongwenyan@miit-icdc.org "放行 22222-33333" "$pass"
[ "$(ordered | tail -n 1)" = release:wrong ] || fail "a code that is none: $(ordered)"
order maruijuan@miit-icdc.org $'不予处理：'"$(tr '[:upper:]' '[:lower:]' <<<"$two")"$'\n采纳 '"$four"$'\n采纳 '"$three" "$pass"
[ "$(ordered | tail -n 1)" = 'dismiss:done accept:done accept:refused' ] || fail "three at once: $(ordered | tail -n 1)"
[ "$(ctl review --json | jq -r .item)" = CYMP-2022-0003.1 ] || fail "what waits: $(ctl review)"

# Another digest's code, in an answer to this one; a code whose time is over.
cp "$WORK/digest.eml" "$WORK/old.eml"
at 2022-06-16T09:00:00+08:00
once
reply_to dongwenyan@miit-icdc.org "$WORK/digest.eml"
order dongwenyan@miit-icdc.org "放行 $three" "$pass"
[ "$(ordered | tail -n 1)" = release:foreign ] || fail "another digest's code: $(ordered | tail -n 1)"
cp "$WORK/old.eml" "$WORK/digest.eml"
at 2022-06-23T09:00:00+08:00
order dongwenyan@miit-icdc.org "放行 $three" "$pass"
[ "$(ordered | tail -n 1)" = release:expired ] || fail "a code of last week: $(ordered | tail -n 1)"
[ "$(state CYMP-2022-0003.1)" = none ] || fail "released by a code whose time is over"

# ---- by hand, and afterwards ----

at 2022-06-24T07:00:00+08:00
ctl digest --send || fail "not sent by hand"
at 2022-06-24T09:00:00+08:00
# It lay in the mailbox before that digest was made, and was taken in behind it (an outage): it is news now.
form_mail late@example.org 江苏省苏州市张家港市 13800138000 "<behind@x>" >"$WORK/behind.eml"
printf '2022-06-23T10:00:00+08:00 %s\n' "$WORK/behind.eml" | mails_put maruijuan || fail "not put"
once
mkdir "$WORK/news"
ctl digest --out "$WORK/news" || fail "no digest as of now"
grep -q '共登记5件，.*以来新增1件' "$WORK/news/digest-2022-06-24.txt" || fail "not news: $(head -n 12 "$WORK/news/digest-2022-06-24.txt")"
[ "$(ctl log --event digested --json | jq -r .date | grep -c 2022-06-24)" = 1 ] || fail "by hand and by itself"
[ "$(state D-20220624.1)" = sent ] || fail "queued by hand, and not sent"
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/daemon.err" &
daemon=$!
await 30 test -S "$WORK/spool/control.sock" || fail "no control socket: $(cat "$WORK/daemon.err")"
ctl digest --send | grep -q D-20220624-2 || fail "a running daemon sends none"
second() { [ "$(state D-20220624-2.1)" = sent ]; }
await 60 second || fail "asked for, and not sent: $(cat "$WORK/daemon.err")"
kill -TERM $daemon
wait $daemon || fail "the daemon ends with $?"
daemon=
mkdir "$WORK/out"
ctl digest --date 2022-06-15 --out "$WORK/out" || fail "the old digest is not to be had"
cmp "$WORK/out/D-20220615.eml" "$WORK/old.eml" || fail "not as it went out"
ctl digest --out "$WORK/out" || fail "no digest as of now"
for file in digest-2022-06-24.html digest-2022-06-24.txt 登记日报20220624.xlsx; do
	[ -s "$WORK/out/$file" ] || fail "no $file: $(ls "$WORK/out")"
done
open=$(find "$WORK/out" -type f -perm /077)
[ -z "$open" ] || fail "names and numbers, open to others: $open"
ctl digest --date 2022-06-12 2>"$WORK/err" && fail "a digest that was never made"
grep -q 'no digest was made for 2022-06-12' "$WORK/err" || fail "no word of it: $(cat "$WORK/err")"
for wrong in '--date 2022-6-1' '--out /nowhere' 'now'; do
	# shellcheck disable=SC2086
	ctl digest $wrong >/dev/null 2>"$WORK/err"
	[ $? = 64 ] || fail "digest $wrong: $(cat "$WORK/err")"
done
# Each day that we ran has one checkpoint, digest or not, and each of them tells a head of the chain.
ctl log --event checkpoint --json >"$WORK/checkpoints" && [ -s "$WORK/checkpoints" ] || fail "no checkpoints"
cmp <(jq -r '.at[:10]' "$WORK/checkpoints" | sort) <(ctl log --json | jq -r '.at[:10]' | sort -u) ||
	fail "not one checkpoint a day: $(cat "$WORK/checkpoints")"
while read -r head; do
	ctl verify --head "$head" >/dev/null || fail "no head of the log: $head"
done < <(jq -r '"\(.head_seq):\(.head)"' "$WORK/checkpoints")
ctl audit --out "$WORK/bundle" >/dev/null && cmp <(jq -r '"\(.head_seq):\(.head)"' "$WORK/checkpoints") <(head -n "$(wc -l <"$WORK/checkpoints")" "$WORK/bundle/heads.txt") ||
	fail "the bundle hands out other heads"
ctl verify || fail "not whole"
(cd "$WORK/spool/log" && bash "$LIB/chain.sh") || fail "the chain is broken"
cp -r "$WORK/spool" "$WORK/again"
ctl rebuild && ctl verify || fail "not the same, made anew"
echo "digests at their time, settled by mail"
