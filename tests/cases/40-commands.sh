#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: every command of mingpianctl with every option: its exit status, its output, JSON that jq reads; each
# wrong call is told what is wrong and what to do; no stranger's escape sequence or bidi character reaches
# the terminal.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
# want STATUS WORDS COMMAND…: ends so, and says the words (a regular expression; '' for nothing at all).
want() {
	local status=$1 words=$2 got=0
	shift 2
	ctl "$@" >"$WORK/out" 2>&1 </dev/null || got=$?
	[ "$got" = "$status" ] || fail "$*: exit $got, should be $status: $(cat "$WORK/out")"
	if [ "$words" ]; then
		grep -qE -e "$words" "$WORK/out" || fail "$*: '$words' is not said: $(cat "$WORK/out")"
	else
		[ -s "$WORK/out" ] && fail "$*: should say nothing: $(cat "$WORK/out")"
	fi
	grep -qP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]' "$WORK/out" &&
		fail "$*: a control character reaches the terminal: $(cat -v "$WORK/out")"
	return 0
}
# want_json FILTER COMMAND…: exit 0, and every object makes the filter true.
want_json() {
	local filter=$1
	shift
	ctl "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || fail "$*: exit $?: $(cat "$WORK/err")"
	[ -s "$WORK/out" ] || fail "$*: no object"
	jq -es "length > 0 and all(.[]; $filter)" "$WORK/out" >/dev/null || fail "$*: not $filter: $(cat "$WORK/out")"
}

# Before there is a spool.
want 65 'spool' list
[ -e "$WORK/spool" ] && fail "reading has made a spool"

form_mail one@example.org 江苏省苏州市昆山市 13800138000 >"$WORK/1.eml"
evil=$'\e]0;owned\a\e[31m\u202e\u2066\u009b31m'
form_mail two@example.org "江苏省苏州市常熟市" "13800138000" "<2@test>" |
	sed "s/传感器/传感器$evil/; s/^Subject:.*/Subject: =?UTF-8?B?$(printf '登记表%s' "$evil" | base64 -w0)?=\r/" >"$WORK/2.eml"
form_mail three@qq.com 江苏省苏州市昆山市 13900139000 >"$WORK/3.eml"
form_mail four@example.org 江苏省苏州市太仓市 12 "<4@test>" "Authentication-Results: mx.miit-icdc.org; dmarc=fail" >"$WORK/4.eml"
for n in 1 2 3 4; do echo "2022-06-10T10:00:0$n+08:00 $WORK/$n.eml"; done | mails_put maruijuan || fail "not put"
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || fail "the run: $(cat "$WORK/err")"

# What a person gives as a reason is kept as JSON: it must be UTF-8, and is refused before anything is shown or done.
for act in 'review dismiss CYMP-2022-0001' 'redact CYMP-2022-0001 --yes' relook 'restored --receipts-from 500'; do
	for why in $'\xcd\xcb\xbb\xd8' "$(printf '%1001s' x)"; do
		# shellcheck disable=SC2086
		want 64 "^mingpianctl ${act%% *}: --why wants .*UTF-8" $act --why "$why"
		[ "$(wc -l <"$WORK/out")" = 1 ] || fail "$act: more than one line: $(cat "$WORK/out")"
	done
done
want 64 'review: .*in UTF-8' review dismiss $'\xcd\xcb' --why so

# The program itself.
want 64 'usage: mingpianctl'
want 64 "no command 'lisst'.*--help" lisst
want 0 'usage: mingpianctl' --help
want 0 'mingpianctl [0-9]' --version
"$BUILD/mingpianctl" -c "$WORK/none.cfg" list >"$WORK/out" 2>&1
[ $? = 78 ] && grep -q none.cfg "$WORK/out" || fail "a configuration that is not there: $(cat "$WORK/out")"
for command in status list show review log verify rebuild export digest remind doctor; do
	want 0 "usage: mingpianctl $command" $command --help
	want 64 "$command|--nonsense" $command --nonsense
done
"$BUILD/mingpianctl" -c "$WORK/mingpian.cfg" list >/dev/full 2>"$WORK/err"
[ $? = 74 ] || fail "a full standard output is not told"

want 0 'CYMP-2022-0001' list
want 0 '^西藏自治区 ' list --silent --province 西藏
want 64 '.' list CYMP-2022-0001
want_json '(.receipt | test("^CYMP-2022-000[1-4]$")) and (.revision | numbers) == 1 and (.state | strings) != ""
	and has("region_code") and has("category") and (.received_at | test("2022-06-10T10:00")) and .sender != null' list --json
want 0 'head' status
want 64 '.' status now
want_json 'type == "object"' status --json
want 0 '昆山' show CYMP-2022-0001
want 0 '常熟' show CYMP-2022-0002
want 0 '太仓' show CYMP-2022-0004
want_json '.receipt == "CYMP-2022-0001" and (.revisions | length) == 1 and (.messages[0].replies[0].state) == "sent"' show CYMP-2022-0001 --json
want_json '.receipt == "CYMP-2022-0002"' show CYMP-2022-0002 --json
want 65 'CYMP-2022-9999.*mingpianctl list' show CYMP-2022-9999
want 64 'receipt' show
want 64 'receipt' show CYMP-2022-0001 CYMP-2022-0002

want 0 'started' log
want 0 'recorded' log CYMP-2022-0001
grep -q CYMP-2022-0002 "$WORK/out" && fail "log RECEIPT shows others"
want_json '.event == "queued"' log --event queued --json
want_json '.seq > 0 and (.prev | length) == 64' log --json
want 0 '' log --since 2199-01-01
want 0 'started' log --since 2022-01-01
want 64 'RFC 3339' log --since yesterday
want 64 'since' log --since
want 64 'one receipt' log CYMP-2022-0001 CYMP-2022-0002
want 0 '' log CYMP-2022-9999

# Review: what waits, and each act.
want 0 'CYMP-2022-0004.1 .*authentication' review
want_json '.item != null and .what != null' review list --json
COLUMNS=200 want 0 'CYMP-2022-0004.1 .*f\*+@example.org' review --mask
grep -qE 'four@|登记表' "$WORK/out" && fail "review --mask shows who wrote: $(cat "$WORK/out")"
want_json '.sender | test("^.[*]+@")' review list --mask --json
want 64 'act and an item' review release
want 64 'why' review release CYMP-2022-0004.1
want 64 'no such act' review hug CYMP-2022-0004.1 --why test
want 65 'mingpianctl review' review release CYMP-2022-0004.9 --why test
want 66 'sent' review release CYMP-2022-0001.1 --why test
want 64 'KEY=VALUE' review accept CYMP-2022-0004 --set phone --why test
want 64 "no field 'telephone'" review accept CYMP-2022-0004 --set telephone=1 --why test
want 65 'mingpianctl list' review accept CYMP-2022-9999 --why test
want 64 'into' review join CYMP-2022-0003 --why test
want 65 'CYMP-2022-9999' review join CYMP-2022-0003 --into CYMP-2022-9999 --why test
want 0 'goes out' review release CYMP-2022-0004.1 --why 'the sender was called'
want 66 'nothing to release' review release CYMP-2022-0004.1 --why again
want 0 'revision 2' review accept CYMP-2022-0004 --set phone=0512-53520000 --why 'told by telephone'
want_json '.state == "accepted" and .revision == 2' show CYMP-2022-0004 --json
want 0 'joined to CYMP-2022-0001' review join CYMP-2022-0003 --into CYMP-2022-0001 --why 'one office'
want 0 'withdrawn' review dismiss CYMP-2022-0002 --why 'asked for by them'
want_json '.by == null and .act != null and (.decision | length) == 64' log --event reviewed --json

# The acts again, by a daemon that runs: it is asked, and sends what was released.
form_mail five@example.org 江苏省无锡市江阴市 13800138000 "<5@test>" "Authentication-Results: mx.miit-icdc.org; dmarc=fail" >"$WORK/5.eml"
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/err" &
pid=$!
mail_put maruijuan "$WORK/5.eml" 2022-06-10T10:00:05+08:00 || fail "not put"
waits() { ctl review --json | grep -q 'CYMP-2022-0005.1'; }
await 20 waits || fail "not withheld: $(cat "$WORK/err")"
want 75 'mingpiand|another' rebuild
want 0 'goes out' review release CYMP-2022-0005.1 --why 'by the daemon'
gone() { grep -q '"five@example.org"' "$WORK/smtp.log"; }
await 20 gone || fail "released and not sent: $(cat "$WORK/err")"
want 66 'nothing to release' review release CYMP-2022-0005.1 --why again
kill $pid
wait $pid || fail "the daemon ended with $?"

want 0 'whole' verify
head=$(ctl verify | sed -n 's/.*head //p')
want 0 'whole' verify --head "$head"
want 1 'wrong' verify --head "1:$(printf 'f%.0s' {1..64})"
want 64 '.' verify --head nonsense
want 64 'takes no argument' verify all
want 0 'anew' rebuild
want 64 'takes no argument' rebuild all
want 0 '.' export "$WORK/out.xlsx"
[ -s "$WORK/out.xlsx" ] || fail "no workbook"
want 64 '.' export
want 0 '.' doctor --offline
want 0 '.' doctor
want 64 '.' doctor who
# Nothing that a usage promises is without a test (65-questions runs what stands in docs/questions.md).
for command in $(ctl --help | sed '/^  -c/,$d' | sed -n 's/^  \([a-z]\+\).*/\1/p'); do
	for option in $(ctl "$command" --help | sed '/^$/q' | grep -oE -e '--[a-z-]+' | sort -u); do
		cat "$TOP"/tests/cases/*.sh "$TOP/docs/questions.md" | grep -qE -e "\b$command\b.*$option\b" || echo "$command $option"
	done
done >"$WORK/untested"
[ -s "$WORK/untested" ] && fail "options that no case uses: $(cat "$WORK/untested")"
echo "all commands"
