#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: each of the fifteen questions of docs/questions.md is answered by the one command that stands there, and the
# answer is right: compared with what jq counts in the log and readings of a generated campaign.
set -u
. "$(dirname "$0")/../lib/servers.sh"
case_begin
IMAP_PORT=1 IMAPS_PORT=1 SMTP_PORT=1 SMTPS_PORT=1 CA_FILE=$WORK/ca.pem
config_write "$WORK" 2>/dev/null || fail "no configuration"
(cd "$TOP" && "$BUILD/tools/spool_sample" "$WORK/spool" 120 2022 >"$WORK/sample.out" 2>&1) || fail "no spool: $(cat "$WORK/sample.out")"
mingpianctl() { "$BUILD/mingpianctl" -c "$WORK/mingpian.cfg" "$@"; }
cd "$WORK" || exit 1

# A registration that was corrected, and a head that a reply told.
receipt=$(mingpianctl list --json | jq -r 'select(.revision > 1 and .state != "joined") | .receipt' | head -n 1)
[ "$receipt" ] || fail "no registration of two revisions"
seq=40
head=$seq:$(cat spool/log/*.jsonl | sed -n ${seq}p | tr -d '\n' | sha256sum | cut -c1-64)
mingpianctl list --json >"$WORK/list"
mingpianctl show "$receipt" --json >life

# shellcheck disable=SC2016 # backquotes of Markdown
sed -n 's/^| \([0-9]*\) | .* | `\(mingpianctl .*\)` |$/\1\t\2/p' "$TOP/docs/questions.md" >questions
[ "$(wc -l <questions)" = 15 ] || fail "not fifteen questions"
# answer N: what the command of question N prints.
answer() {
	local -a words
	read -ra words < <(awk -F '\t' -v n="$1" '$1 == n { print $2 }' questions | sed "s/CYMP-2022-0042/$receipt/; s/1234:[0-9a-f]*/$head/")
	"${words[@]}" >out 2>err || fail "question $1: ${words[*]}: $(cat err)"
	[ -s out ] || fail "question $1: no answer"
}
has() { grep -qE -e "$1" out || fail "question $2: no '$1' in: $(cat out)"; }
lines() { # N FILTER: as many receipts as jq counts
	local want
	want=$(jq -s "map(select($2)) | length" list)
	[ "$want" -gt 0 ] || fail "question $1: the campaign has none, so nothing is tried"
	[ "$(grep -c CYMP- out)" = "$want" ] || fail "question $1: not $want: $(cat out)"
}

answer 1
want=$(jq -s 'map(select((.region_code // "") | startswith("51"))) | length' list)
has "^$want in all" 1
answer 2
has 西藏自治区 2
has 厦门市 2
grep -q 四川 out && fail "question 2: 四川 has sent some"
answer 3
for kind in county prefecture cluster; do
	want=$(jq -s --arg kind $kind 'map(select(.category == $kind and .state != "joined" and .state != "withdrawn")) | length' list)
	has "^$kind +$want( |$)" 3
done
answer 4
lines 4 '.state == "correction"'
answer 5
lines 5 '.received_at | startswith("2022-06-10")'
answer 6
has " read +$receipt r1, as new" 6
has ' (was|now) ' 6
answer 7
has ', line [0-9]+, text|, table [0-9]+, row [0-9]+|, ocr' 7
answer 8
has '\| .*收悉' 8
has "\\| 登记编号：$receipt" 8
answer 9
lines 9 .unreached
answer 10
[ "$(wc -l <out)" = "$(mingpianctl review --json | wc -l)" ] || fail "question 10: $(cat out)"
answer 11
[ "$(grep -c ' reviewed ' out)" = "$(cat spool/log/*.jsonl | jq -c 'select(.event == "reviewed")' | wc -l)" ] || fail "question 11"
answer 12
grep -q "登记编号$receipt" life.html || fail "question 12: the page"
answer 13
PATH=$PATH sh evidence/check.sh >out || fail "question 13: $(cat out)"
has '^whole 完整' 13
answer 14
has '^whole' 14
answer 15
$PYTHON - table.xlsx list life <<-'END' || fail "question 15: names or numbers are in the table"
	import json, re, sys, zipfile
	with zipfile.ZipFile(sys.argv[1]) as z:
	    text = "".join(z.read(n).decode() for n in z.namelist() if n.endswith(".xml"))
	form = json.load(open(sys.argv[3]))["revisions"][-1]["form"]
	people = [form["phone"], form["contact"], form["contact"].split()[0]]
	senders = [json.loads(line)["sender"] for line in open(sys.argv[2])]
	shown = [word for word in people + [s for s in senders if s] if word in text]
	assert form["region"] in text, "no region either"
	assert not re.search(r"(?<![0-9a-f.])1[3-9]\d{9}(?![0-9a-f])", text), "a mobile number"
	assert not shown, shown
END
# And the filters that no question asks for.
mingpianctl list --category cluster >out
lines category '.category == "cluster"'
mingpianctl list --late >out
lines late .late
echo "fifteen answers"
