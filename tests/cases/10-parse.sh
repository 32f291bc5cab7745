#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: every mail of tests/mail is read as its truth says; and the program answers as its manual says
# where there is no mail, no place for the answer, no form file.
set -u
parse=${BUILD:-build}/mingpian-parse
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
failed=0

tests/score tests/mail -- "$parse" || failed=1
# Other layouts and other programs' files: to be read alone, as many of them hold the same few forms.
tests/score tests/mail-more -- "$parse" || failed=1

# What tesseract does not read well enough is asked where the better engine is (make ocr).
if [ "$("$parse" --engines 2>/dev/null)" = PP-OCRv4 ]; then
	tests/score tests/mail-ocr -- "$parse" || failed=1
	# what these show is read without a doubt
	for case in 564-mark-beyond 566-mark-touches 567-marks-in; do
		"$parse" --received 2022-06-10T10:05:00+08:00 "tests/mail-ocr/$case"*/message.eml >"$tmp/out" 2>"$tmp/err"
		[ "$(jq '.forms[0].confidence >= 0.9' "$tmp/out")" = true ] || {
			echo "$case: doubtful: $(jq -c '.forms[0].doubtful' "$tmp/out")"
			failed=1
		}
	done
	# the fallback, where that engine's files are gone
	for case in 086-png 089-photo; do
		tests/score -k "$case" tests/mail -- "$parse" --ocr none || failed=1
	done
	# what it reads wrongly at one size, it reads otherwise at another
	"$parse" --ocr none tests/mail-ocr/090-docx-holding-scan/message.eml >"$tmp/out" 2>"$tmp/err"
	[ "$(jq '.forms[0].doubtful | index("profile") != null' "$tmp/out")" = true ] || {
		echo "tesseract holds for sure what it misread: $(cat "$tmp/out")"
		failed=1
	}
else
	echo "tests/mail-ocr left out: no PP-OCRv4 here"
fi

# expect STATUS WHAT COMMAND...: the exit status, and a line on standard error where it is not 0
expect() {
	local want=$1 what=$2
	shift 2
	"$@" >"$tmp/out" 2>"$tmp/err"
	local got=$?
	if [ $got -ne "$want" ]; then
		echo "$what: exit $got, should be $want"
		failed=1
	elif [ "$want" -ne 0 ] && [ ! -s "$tmp/err" ]; then
		echo "$what: not a word on standard error"
		failed=1
	fi
}

mail=tests/mail/001-docx-official/message.eml
: >"$tmp/empty"
echo "name = 1;" >"$tmp/bad.cfg"
expect 65 "no mail" "$parse" "$tmp/empty"
expect 65 "a program" "$parse" "$parse"
expect 64 "no file named" "$parse"
expect 64 "no time" "$parse" --received yesterday "$mail"
expect 66 "no such file" "$parse" "$tmp/none"
expect 78 "a bad form file" "$parse" -c "$tmp/bad.cfg" "$mail"
expect 0 "version" "$parse" --version
expect 0 "help" "$parse" --help
expect 0 "a file from standard input" "$parse" - <"$mail"
expect 0 "explain" "$parse" --explain "$mail"
grep -q '"places"' "$tmp/out" || { echo "--explain says no places"; failed=1; }
# a person finds a value in its sheet, whatever rows are empty above it
expect 0 "explain a sheet" "$parse" --explain tests/mail-more/601-ods-rows-with-comments/message.eml
[ "$(jq -r '[.forms[].places.phone.cell] | join(" ")' "$tmp/out")" = "H3 H4 H8" ] || {
	echo "--explain says another cell: $(cat "$tmp/out")"
	failed=1
}
if [ -w /dev/full ]; then
	"$parse" "$mail" >/dev/full 2>"$tmp/err"
	[ $? -eq 74 ] || { echo "a full disk: not 74"; failed=1; }
fi

# More pages than there is time for: what was read counts, and the file is told as well.
if [ "$("$parse" --engines 2>/dev/null)" = PP-OCRv4 ]; then
	"$parse" --seconds 11 tests/mail-ocr/360-tiff-of-pages/message.eml >"$tmp/out"
	[ "$(jq -c '[.disposition, (.forms | length), .unread[].reason]' "$tmp/out")" = '["accepted",1,"timeout"]' ] || {
		echo "four pages, time for one: $(cat "$tmp/out")"
		failed=1
	}
fi

# A table whose regions are under a heading that nobody knows: each form is compared with each other.
long=$(printf '简介%.0s' $(seq 120))
{
	printf 'From: a@b.cn\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/csv; charset=utf-8; name="登记表.csv"\n\n'
	echo '牵头单位,主导产业,特色产业,申请区域简介,联系人及职务,联系电话'
	for i in $(seq 1000); do echo "第${i}局,电子$i,丝$i,$long$i,张$i 科长,139$((10000000 + i))"; done
} >"$tmp/many.eml"
expect 0 "many forms without a region" "$parse" "$tmp/many.eml"
[ "$(jq -c '[(.forms | length), .unread]' "$tmp/out")" = '[1000,[]]' ] || {
	echo "many forms without a region: $(jq -c '[.disposition, (.forms | length), .unread]' "$tmp/out")"
	failed=1
}

# The same bytes, the same answer; and into a file as into a pipe.
"$parse" "$mail" >"$tmp/a"
"$parse" "$mail" | cat >"$tmp/b"
[ -s "$tmp/a" ] && cmp "$tmp/a" "$tmp/b" || failed=1
exit $failed
