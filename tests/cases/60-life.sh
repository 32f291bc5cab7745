#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a registration's whole life is told from the log, for a terminal, as JSON and as a page by itself; the log is
# followed while a daemon writes and a month begins; views for others hold no name and no number; what is shown fits
# 80 columns with Chinese in it; colours and progress only on a terminal; shells complete what there is.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
. "$(dirname "$0")/../lib/dialogue.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
on_terminal() { $PYTHON "$LIB/on_terminal.py" "$@"; }
refused() {
	local status=$1 words=$2 got=0
	shift 2
	ctl "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || got=$?
	[ "$got" = "$status" ] && grep -q -e "$words" "$WORK/err" || fail "$*: exit $got, $(cat "$WORK/err")"
}

# Sent with a bad number and a nasty text, corrected in an answer, decided upon by a person.
form_mail li.na@city.example.org 江苏省苏州市昆山市 2331000 '<1@x>' |
	sed 's|传感器|<script>alert(1)</script>\&传感器|; s|沈志远|欧阳无痕|' >"$WORK/1.eml"
sed -i "s/^From: .*/From: =?UTF-8?B?$(printf 欧阳无痕 | base64)?= <li.na@city.example.org>\r/" "$WORK/1.eml"
tell "$WORK/1.eml"
form_mail li.na@city.example.org 江苏省苏州市昆山市 13800138000 '<2@x>' | sed 's|传感器|传感器件|; s|沈志远|欧阳无痕|' >"$WORK/2.eml"
tell "$WORK/2.eml"
ctl review accept CYMP-2022-0001 --set phone=0512-57310086 --why '电话核实' >/dev/null || fail "not accepted"

ctl show CYMP-2022-0001 --json >"$WORK/life" || fail "no life"
jq -e '[.timeline[].event] == ["arrived", "read", "answered", "sent", "arrived", "read", "answered", "sent", "reviewed"]' "$WORK/life" >/dev/null ||
	fail "another order: $(jq -c '[.timeline[] | .event]' "$WORK/life")"
jq -e '.revision == 3 and .receipt == "CYMP-2022-0001" and (.revisions | length) == 3 and (.head | length) == 64' "$WORK/life" >/dev/null || fail "the register"
jq -e '.timeline[1] | .as == "new" and (.fields[] | select(.key == "phone") | .value == "2331000" and .place.source == "body" and .place.line > 0
	and .defects[0].code == "bad_phone")' "$WORK/life" >/dev/null || fail "what was read first: $(jq -c '.timeline[1]' "$WORK/life")"
jq -e '.timeline[2] | .kind == "correction" and (.text | contains("需补正") and contains("2331000"))' "$WORK/life" >/dev/null || fail "what was answered"
jq -e '.timeline[5] | .as == "revision" and ([.changes[] | select(.key == "phone") | .was + ">" + .now] == ["2331000>13800138000"])' "$WORK/life" >/dev/null ||
	fail "what was corrected: $(jq -c '.timeline[5].changes' "$WORK/life")"
jq -e '.timeline[8] | .act == "accept" and .why == "电话核实" and (.by | contains("uid")) and ([.changes[] | .now] == ["0512-57310086"])' "$WORK/life" >/dev/null ||
	fail "what was decided: $(jq -c '.timeline[8]' "$WORK/life")"
# every event is a line of the log, by its number
jq -r '.timeline[] | "\(.seq) \(.at)"' "$WORK/life" | while read -r seq at; do
	cat "$WORK"/spool/log/*.jsonl | jq -se --argjson seq "$seq" --arg at "$at" 'any(.seq == $seq and .at == $at)' >/dev/null || fail "line $seq is another"
done || exit 1
ctl show CYMP-2022-0001 >"$WORK/out" && grep -q 'was 2331000' "$WORK/out" && grep -q 'bad_phone' "$WORK/out" && grep -q '电话核实' "$WORK/out" || fail "for a person: $(cat "$WORK/out")"
grep -q '登记编号' "$WORK/out" && fail "the letters, unasked"
ctl show CYMP-2022-0001 --letters --why >"$WORK/out" && grep -q '| 登记编号：CYMP-2022-0001' "$WORK/out" && grep -q 'body, line' "$WORK/out" || fail "--letters --why"

# The page: by itself, escaped, whole.
ctl show CYMP-2022-0001 --html "$WORK/life.html" >/dev/null || fail "no page"
grep -q '<script' "$WORK/life.html" && fail "a stranger's script is in the page"
grep -qiE '(src|href) *=|url\(|@import|https?://' "$WORK/life.html" && fail "the page asks for something else"
$PYTHON - "$WORK/life.html" <<-'END' || fail "the page is not as it should be"
	import html.parser, sys
	class Page(html.parser.HTMLParser):
	    stack, text = [], ""
	    def handle_starttag(self, tag, attrs):
	        if tag not in ("meta", "br"):
	            self.stack.append(tag)
	    def handle_endtag(self, tag):
	        assert self.stack.pop() == tag, tag
	    def handle_data(self, data):
	        self.text += data
	page = Page()
	page.feed(open(sys.argv[1], encoding="utf-8").read())
	assert not page.stack, page.stack
	for word in ("<script>alert(1)</script>&传感器", "首次登记", "补正登记", "人工采纳", "答复发出", "原为：2331000", "电话核实", "请补正", "号码无法拨通"):
	    assert word in page.text, word
END
[ "$(stat -c %a "$WORK/life.html")" = 600 ] || fail "others may read the page"
refused 64 'not both' show CYMP-2022-0001 --json --html "$WORK/x"
refused 74 'folder that you may write' show CYMP-2022-0001 --html "$WORK/none/x.html"
refused 65 'mingpianctl list' show CYMP-2022-0009 --html "$WORK/x.html"
[ -e "$WORK/x.html" ] && fail "a page of nothing"

# Views for others.
ctl show CYMP-2022-0001 --mask --html "$WORK/masked.html" >/dev/null || fail "no masked page"
{ ctl show CYMP-2022-0001 --mask --letters && ctl show CYMP-2022-0001 --mask --json && ctl list --mask --json && cat "$WORK/masked.html"; } >"$WORK/out" || fail "no masked view"
grep -nE '欧阳无|无痕|li\.na|2331000|13800138000|57310086' "$WORK/out" && fail "a name or a number is shown"
grep -q '欧\*' "$WORK/out" && grep -q 'l\*@city.example.org' "$WORK/out" && grep -q '\*00' "$WORK/out" || fail "nothing is left of them: $(cat "$WORK/out")"
grep -q '姓名、电话已隐去' "$WORK/masked.html" || fail "the page does not say that it is masked"
grep -q 'CYMP-2022-0001' "$WORK/out" && grep -q '昆山' "$WORK/out" || fail "too much is hidden"

# 80 columns, and colours.
for command in 'list' 'show CYMP-2022-0001' 'log' 'review' 'redact CYMP-2022-0001' '--help'; do
	# shellcheck disable=SC2086 # words of a command
	on_terminal 80 --wide "$BUILD/mingpianctl" -c "$WORK/mingpian.cfg" $command >"$WORK/out" 2>"$WORK/err" ||
		[ "$command" = --help ] || fail "$command is too wide: $(cat "$WORK/err")"
	grep -q "columns of 80" "$WORK/err" && fail "$command is too wide: $(cat "$WORK/err")"
done
on_terminal 80 "$BUILD/mingpianctl" -c "$WORK/mingpian.cfg" list | grep -q $'\e\[' || fail "no colours on a terminal"
NO_COLOR=1 on_terminal 80 "$BUILD/mingpianctl" -c "$WORK/mingpian.cfg" list | grep -q $'\e' && fail "NO_COLOR, and colours"
ctl list | grep -q $'\e' && fail "colours in a file"

# The log: filters, and followed over the end of a month while a daemon writes.
ctl log --event queued,sent --json | jq -se 'length == 4 and all(.event == "queued" or .event == "sent")' >/dev/null || fail "two events"
[ -z "$(ctl log --until 2022-01-01)" ] || fail "--until"
[ "$(ctl log --until 2199-01-01 --json | wc -l)" = "$(cat "$WORK"/spool/log/*.jsonl | wc -l)" ] || fail "--until, all of them"
refused 64 'RFC 3339' log --until soon
[ "$(ctl log --mask | wc -l)" = "$(ctl log | wc -l)" ] || fail "log --mask"
ctl log --mask --json | jq -se 'all(.[]; .seq > 0) and any(.[]; .mailbox == "maruijuan@miit-icdc.org")' >/dev/null || fail "log --mask --json"
refused 64 'for ever' log -f --until 2022-01-01
"$BUILD/mingpianctl" -c "$WORK/mingpian.cfg" log -f --json >"$WORK/followed" &
follower=$!
await 5 test -s "$WORK/followed" || fail "log -f says nothing"
form_mail b@example.org 江苏省苏州市常熟市 13800138000 '<3@x>' >"$WORK/3.eml"
tell "$WORK/3.eml"
form_mail c@example.org 江苏省苏州市太仓市 13800138000 '<4@x>' >"$WORK/4.eml"
put "$WORK/4.eml"
MINGPIAN_NOW=2031-02-03T08:00:00+08:00 "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || fail "a run: $(cat "$WORK/err")"
head=$(ctl verify | sed -n 's/.*head \([0-9]*\):.*/\1/p')
followed() { [ "$(tail -n 1 "$WORK/followed" | jq .seq)" = "$head" ]; }
await 10 followed || fail "not followed to $head: $(tail -n 1 "$WORK/followed")"
kill $follower
wait $follower 2>/dev/null || fail "the follower ended with $?"
[ -f "$WORK/spool/log/2031-02.jsonl" ] || fail "no new month"
jq -r .seq "$WORK/followed" | awk 'NR > 1 && $1 != last + 1 { exit 1 } { last = $1 }' || fail "a line twice, or none"

# A value of a workbook is told by its cell, as staff see it there.
put "$(dirname "$0")/../mail/060-xlsx-table/message.eml"
MINGPIAN_NOW=2031-02-03T09:00:00+08:00 "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || fail "a run: $(cat "$WORK/err")"
receipt=$(ctl list --json | jq -r 'select(.region == "广东省中山市") | .receipt')
ctl show "$receipt" --why >"$WORK/out" && grep -qE '\.xlsx, page 1, cell [A-Z]+[0-9]+, text' "$WORK/out" || fail "no cell: $(cat "$WORK/out")"
ctl show "$receipt" --html "$WORK/life.html" >/dev/null && grep -qE '\.xlsx，第1页，单元格[A-Z]+[0-9]+' "$WORK/life.html" || fail "no cell in the page of $receipt"

# What shells complete is what there is.
ctl completion bash >"$WORK/bash" || fail "no completion"
complete_bash() { bash -c '. "$1"; shift; COMP_WORDS=(mingpianctl "$@"); COMP_CWORD=$#; _mingpianctl; echo "${COMPREPLY[*]}"' - "$WORK/bash" "$@"; }
[ "$(complete_bash sh)" = show ] || fail "bash: $(complete_bash sh)"
[ "$(complete_bash -c x.cfg sh)" = show ] || fail "bash with -c: $(complete_bash -c x.cfg sh)"
[ "$(complete_bash show --h)" = '--help --html' ] || fail "bash: $(complete_bash show --h)"
[ "$(complete_bash review r)" = release ] || fail "bash: $(complete_bash review r)"
for command in $(complete_bash ''); do
	case $command in -*) continue ;; esac
	ctl "$command" --help >/dev/null || fail "no command $command"
done
ctl completion zsh >"$WORK/_mingpianctl" || fail "no completion"
if command -v zsh >/dev/null; then
	zsh -f -c 'autoload -Uz compinit && compinit -D && . "$1" && [[ ${_comps[mingpianctl]} == _mingpianctl ]]' - "$WORK/_mingpianctl" || fail "zsh does not take it"
fi
refused 64 'bash or zsh' completion fish
echo "a whole life"
