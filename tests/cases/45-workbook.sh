#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: from 400 registrations of all provinces, workbook, digest and letters hold what was recorded, whatever it
# looks like: read back value by value, opened and saved by LibreOffice, no formula from outside.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/dialogue.sh"
case_begin
$PYTHON -c 'import openpyxl' 2>/dev/null || skip "no openpyxl here: make deps installs it"
cd "$TOP" || exit 1
IMAPS_PORT=1 IMAP_PORT=1 SMTPS_PORT=1 SMTP_PORT=1 CA_FILE=none SERVERS=$WORK
printf '%s\n' 'maruijuan:{PLAIN}secret1' 'dongwenyan:{PLAIN}secret2' >"$WORK/passwd"
config_write "$WORK"
SERVERS=
"$BUILD/tools/spool_sample" "$WORK/spool" || fail "no sample"
export MINGPIAN_NOW=2022-07-02T08:30:00+08:00

ctl export "$WORK/out.xlsx" || fail "no workbook"
$PYTHON "$LIB/check_workbook.py" "$WORK/out.xlsx" "$WORK/spool" || fail "not what was recorded"
ctl export "$WORK/again.xlsx" && cmp "$WORK/out.xlsx" "$WORK/again.xlsx" || fail "the same spool, other bytes"
if command -v soffice >/dev/null; then
	export HOME=$WORK/home
	mkdir -p "$HOME" "$WORK/saved"
	timeout 180 soffice --headless --convert-to xlsx --outdir "$WORK/saved" "$WORK/out.xlsx" >"$WORK/soffice.out" 2>&1 ||
		fail "LibreOffice does not open it: $(cat "$WORK/soffice.out")"
	$PYTHON "$LIB/check_workbook.py" --same "$WORK/out.xlsx" "$WORK/saved/out.xlsx" || fail "LibreOffice reads other values"
else
	echo "no LibreOffice here: not opened by it"
fi

# The digest as of now holds no code, and says the same as the workbook.
mkdir "$WORK/digest" "$WORK/letters"
ctl digest --out "$WORK/digest" || fail "no digest"
total=$(ctl list --json | jq -s '[.[] | select(.state != "withdrawn" and .state != "joined")] | length')
for file in "$WORK"/digest/digest-2022-07-02.{txt,html}; do
	sed 's/<[^>]*>//g' "$file" >"$WORK/words"
	for words in "共登记${total}件" 西藏自治区、厦门市 报送已于6月30日截止 "$(ctl status --json | jq -r .head_seq):"; do
		grep -qF "$words" "$WORK/words" || fail "no $words in $file"
	done
done
grep -qE '<(script|img|link|iframe)|url\(|https?://' <(sed 's/&[a-z]*;//g; s/http:\/\/example.org//g' "$WORK/digest/digest-2022-07-02.html") &&
	fail "the page reaches out"
cmp "$WORK/digest/登记日报20220702.xlsx" "$WORK/out.xlsx" || fail "the digest has another workbook"

# Years later it says what may be taken out.
MINGPIAN_NOW=2036-01-02T08:30:00+08:00 ctl digest >"$WORK/late.txt" || fail "no digest after the end"
grep -q "下列$(ctl list --json | wc -l)件登记的保存期限已满，可依法清除：CYMP-2022-0001、" "$WORK/late.txt" || fail "what is due: $(tail -n 12 "$WORK/late.txt")"
grep -q 保存期满 "$WORK/digest/digest-2022-07-02.txt" && fail "something is due before its time"

# Letters: for each that is silent or in correction, and for nobody else; what stands in a form is not in them.
ctl remind --out "$WORK/letters" >"$WORK/said" || fail "no letters"
[ "$(grep -c 'nothing registered' "$WORK/said")" = 2 ] || fail "who is silent: $(cat "$WORK/said")"
[ "$(find "$WORK/letters" -name '*.docx' | wc -l)" = "$(wc -l <"$WORK/said")" ] || fail "letters: $(ls "$WORK/letters")"
[ -e "$WORK/letters/天津市.txt" ] && [ "$(grep -c 天津市 "$WORK/said")" = 0 ] && fail "a letter to who owes nothing"
grep -q '^西藏自治区经济和信息化厅：$' "$WORK/letters/西藏自治区.txt" || fail "not addressed: $(cat "$WORK/letters/西藏自治区.txt")"
grep -qE '[0-9]{7}' <(sed 's/CYMP-[0-9-]*//g; s/010-[0-9]*//g' "$WORK"/letters/*.txt) && fail "a number in a letter: $(grep -hE '[0-9]{7}' "$WORK"/letters/*.txt)"
[ "$(ctl log --event queued --json | wc -l)" = "$(ctl log --event queued --json | jq -r .to_message | grep -cv null)" ] || fail "a letter went out"
for wrong in '' '--out /nowhere' '--out x y'; do
	# shellcheck disable=SC2086
	ctl remind $wrong >/dev/null 2>&1
	[ $? = 64 ] || fail "remind $wrong"
done
echo "read back"
