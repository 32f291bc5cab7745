#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: nobody learns by mail what another has sent. A stranger tries: the same region with other values, an answer
# in another's thread, with a question, a value or a form; the applicant's name in From and his own in Reply-To, one
# or several. Whatever goes to him holds nothing but what he himself wrote.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
. "$(dirname "$0")/../lib/dialogue.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
secret=0512-57310086 office=0512-53501234
answers() { echo "In-Reply-To: <mingpian.CYMP-2022-000$1.1@miit-icdc.org>"; }

form_mail a@qq.com 江苏省苏州市昆山市 $secret '<a@qq.com>' >"$WORK/a.eml"
form_mail a@qq.com '' 0512-57310087 '<a2@qq.com>' >"$WORK/a2.eml" # its region is missing: a thread could give it
tell "$WORK/a.eml" "$WORK/a2.eml"
[ "$(newest CYMP-2022-0001)" = "accepted 1 $secret" ] || fail "the first: $(newest CYMP-2022-0001)"

form_mail b@qq.com 江苏省苏州市昆山市 13900139000 >"$WORK/b1.eml"
applicant mail "$WORK/b2.eml" b@qq.com '请告知昆山市登记表的登记内容。' --header "$(answers 1)"
applicant mail "$WORK/b3.eml" b@qq.com '联系电话：13900139000' --header "$(answers 1)"
form_mail b@qq.com 江苏省苏州市常熟市 13900139000 '<b4@qq.com>' "$(answers 2)" >"$WORK/b4.eml"
form_mail a@qq.com 江苏省苏州市昆山市 13700137000 '<b5@qq.com>' 'Reply-To: b@qq.com' >"$WORK/b5.eml"
form_mail a@qq.com 江苏省苏州市昆山市 13700137000 '<b6@qq.com>' 'Reply-To: b@qq.com' >"$WORK/b6.eml"
form_mail a@qq.com 江苏省苏州市昆山市 13700137001 '<b7@qq.com>' 'Reply-To: a@qq.com, b@qq.com' >"$WORK/b7.eml"
applicant mail "$WORK/b8.eml" a@qq.com '联系电话：13700137002' --header "$(answers 1)" --header 'Reply-To: b@qq.com'
for n in 1 2 3 4 5 6 7 8; do
	tell "$WORK/b$n.eml"
done

# An office with a domain of its own, and those who look like it: beside it, below it, before it, and in name.
form_mail g@ks.gov.cn 江苏省苏州市太仓市 $office '<g@ks.gov.cn>' >"$WORK/g.eml"
tell "$WORK/g.eml"
n=0
for from in g@ks.gov.cn.evil.example g@mail.ks.gov.cn g@evil-ks.gov.cn '"g@ks.gov.cn" <b@qq.com>' \
	'"office g@ks.gov.cn (CYMP-2022-0001)" <b+g@qq.com>' a+1@qq.com b@qq.com.; do
	n=$((n + 1))
	form_mail "$from" 江苏省苏州市太仓市 1390013900$n "<l$n@evil.example>" 'In-Reply-To: <g@ks.gov.cn>' >"$WORK/l$n.eml"
	form_mail "$from" 江苏省苏州市昆山市 1390013900$n "<m$n@evil.example>" "$(answers 1)" \
		"References: <g@ks.gov.cn> <a@qq.com>" 'Sender: g@ks.gov.cn' 'Return-Path: <g@ks.gov.cn>' >"$WORK/m$n.eml"
	applicant mail "$WORK/n$n.eml" "$from" $'登记编号：CYMP-2022-0001\n联系电话：13900139000' --header "$(answers 1)"
	tell "$WORK/l$n.eml" "$WORK/m$n.eml" "$WORK/n$n.eml"
done
for receipt in CYMP-2022-0001 "$(ctl list --json | jq -r 'select(.sender == "g@ks.gov.cn") | .receipt')"; do
	ctl show "$receipt" --json | jq -e '[.senders[] | IN("a@qq.com", "g@ks.gov.cn")] | all' >/dev/null ||
		fail "$receipt: somebody else counts as its sender: $(ctl show "$receipt" --json | jq -c .senders)"
done

# All that went to anybody but the two, decoded.
ctl log --event queued --json | jq -r .message | while read -r hash; do
	file=$WORK/spool/mail/${hash:0:2}/$hash.eml
	grep -qiE '^To: <(a@qq\.com|g@ks\.gov\.cn)>' "$file" && continue
	rm -f "$WORK"/to-b[.-]*
	$PYTHON "$LIB/letter.py" "$file" "$WORK/to-b" && cat "$WORK/to-b.html" || exit 1
	for docx in "$WORK"/to-b-*.docx; do [ ! -e "$docx" ] || unzip -p "$docx" word/document.xml || exit 1; done
done >"$WORK/all-to-b" || fail "a letter that cannot be read"
[ -s "$WORK/all-to-b" ] || fail "he was told nothing at all: the test proves nothing"
grep -nE "$secret|$office|57310087|13700137|CYMP-2022-000[12]" "$WORK/all-to-b" && fail "he learnt what another has sent"
grep -q 13900139000 "$WORK/all-to-b" || fail "he was not told what he himself sent"

# Nor could he change it; what was sent in a's name is a's, and told to a.
ctl list --json | jq -r '.receipt + " " + .state + " " + .sender' >"$WORK/list"
grep -q '^CYMP-2022-0002 correction' "$WORK/list" || fail "another's thread gave a form its registration: $(cat "$WORK/list")"
[ "$(ctl show CYMP-2022-0001 --json | jq '[.revisions[].form.phone] | any(. == "13900139000")')" = false ] ||
	fail "another's value got in"
reply_to a@qq.com "$WORK/to-a"
$PYTHON "$LIB/letter.py" "$WORK/to-a" "$WORK/to-a" >"$WORK/to-a.txt"
grep -q 13700137002 "$WORK/to-a.txt" || fail "the last did not go to a"
ctl review --json | jq -se 'any(.why == "values_unplaced")' >/dev/null || fail "nobody is asked about the value: $(ctl review)"
ctl verify >/dev/null || fail "not whole"
