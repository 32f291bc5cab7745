#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: what a stranger writes makes us send one reply, small, to one address, with headers that are ours alone, and with
# little of his text in it, all of it labelled and inert. HTML, header lines, escapes of terminals, writing that
# runs backwards, formulas, paths, in every value, in names of files, in subject and addresses: none of it means anything in
# the reply, in the terminal, in the workbook, in a registration's page, in the digest.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
mkdir "$WORK/strangers"
$PYTHON "$LIB/strangers_words.py" make "$WORK/strangers" || fail "no mails"
mails_put maruijuan <"$WORK/strangers/put" || fail "not put"
status=0
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || status=$?
case $status in 0 | 75) ;; *) fail "the run: $status: $(cat "$WORK/err")" ;; esac
$PYTHON "$LIB/strangers_words.py" replies "$WORK/smtp.log" "$WORK/spool" || fail "not as it should be"

unsafe='[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]'
# inert WHAT FILE
inert() { ! LC_ALL=C grep -qP "$unsafe" "$2" || fail "$1: a control character of his: $(LC_ALL=C grep -P "$unsafe" "$2" | cat -v | head -n 3)"; }
html_is_ours() { ! grep -qE '<script>alert|<img src=https' "$2" || fail "$1: his HTML is HTML"; }
inert 'the journal' "$WORK/err"
for command in status list review log; do
	ctl $command >"$WORK/out" 2>&1 || [ $? = 1 ] || fail "$command: $(cat "$WORK/out")"
	inert "$command" "$WORK/out"
done
ctl list --json | jq -r .receipt | head -n 20 >"$WORK/receipts"
[ -s "$WORK/receipts" ] || fail "no registrations to look at"
while read -r receipt; do
	ctl show "$receipt" >"$WORK/out" || fail "show $receipt"
	inert "show $receipt" "$WORK/out"
	ctl show "$receipt" --html "$WORK/out" || fail "show --html $receipt"
	inert "show --html $receipt" "$WORK/out"
	html_is_ours "show --html $receipt" "$WORK/out"
done <"$WORK/receipts"
ctl export "$WORK/out.xlsx" || fail "no workbook"
unzip -q "$WORK/out.xlsx" -d "$WORK/xlsx" || fail "no workbook to look into"
for file in "$WORK"/xlsx/xl/sharedStrings.xml "$WORK"/xlsx/xl/worksheets/sheet*.xml; do
	inert "$file" "$file"
done
! grep -hoE '<f>[^<]*' "$WORK"/xlsx/xl/worksheets/sheet*.xml | grep -E 'cmd|HYPERLINK|WEBSERVICE' || fail "a formula of his"
mkdir "$WORK/digest"
ctl digest --out "$WORK/digest" >/dev/null || fail "no digest"
for file in "$WORK"/digest/*.txt "$WORK"/digest/*.html; do
	inert "$file" "$file"
	[[ $file != *.html ]] || html_is_ours "$file" "$file"
done
ctl verify || fail "not whole"
