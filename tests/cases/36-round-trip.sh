#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: the dialogue ends well. A faulty form gets its correction; the form that we sent back, mended in Word's
# way or in LibreOffice's, or one value in the answer's text, becomes the next revision of the same registration;
# the same again changes nothing. A withdrawal waits for a person.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/dialogue.sh"
case_begin
servers_start "$WORK"
$PYTHON -c 'import docx' 2>/dev/null || skip "no python-docx here: make deps installs it"
config_write "$WORK"

fields=('牵头单位=昆山市工业和信息化局' '主导产业=电子信息、装备制造' '特色产业=传感器' '申请区域简介=工业基础较好，产业链完整。'
	'联系人及职务=沈志远 产业科科长')

# faulty NAME REGION: a form without an area code arrives, and our correction is in NAME.reply.
faulty() {
	applicant form "$WORK/$1.docx" "申请区域（城市）=$2" "${fields[@]}" '联系电话=55484407' || fail "$1: no form"
	applicant mail "$WORK/$1.eml" "$1@test.example" '请查收' --attach "$WORK/$1.docx" || fail "$1: no mail"
	tell "$WORK/$1.eml"
	reply_to "$1@test.example" "$WORK/$1.reply"
}

# Word: our attachment, the value overtyped.
faulty word 江苏省苏州市昆山市
[ "$(newest CYMP-2022-0001)" = 'correction 1 55484407' ] || fail "the faulty form: $(newest CYMP-2022-0001)"
applicant attached "$WORK/word.reply" "$WORK/ours.docx" || fail "the correction has no form with it"
applicant mend "$WORK/ours.docx" "$WORK/mended.docx" 联系电话 0512-55484407 || fail "our form cannot be mended"
applicant mail "$WORK/mended.eml" word@test.example '已补正。' --answer "$WORK/word.reply" --attach "$WORK/mended.docx"
tell "$WORK/mended.eml"
[ "$(newest CYMP-2022-0001)" = 'accepted 2 0512-55484407' ] || fail "mended: $(newest CYMP-2022-0001)"
[ "$(ctl log --event recorded --json | tail -n 1 | jq -c '.forms[0].changed')" = '["phone"]' ] ||
	fail "more than the phone has changed: $(ctl log --event recorded --json | tail -n 1)"
reply_to word@test.example "$WORK/revised.reply"
$PYTHON "$LIB/letter.py" "$WORK/revised.reply" "$WORK/revised" >"$WORK/revised.txt"
grep -q '55484407.*0512-55484407' "$WORK/revised.txt" || fail "the reply does not say what has changed: $(cat "$WORK/revised.txt")"

# The same content in another mail: nothing new, and said so.
applicant mail "$WORK/again.eml" word@test.example '再发一次。' --answer "$WORK/word.reply" --attach "$WORK/mended.docx"
tell "$WORK/again.eml"
[ "$(newest CYMP-2022-0001)" = 'accepted 2 0512-55484407' ] || fail "the same again: $(newest CYMP-2022-0001)"
[ "$(ctl log --event queued --json | tail -n 1 | jq -r .kind)" = repeated ] || fail "the same again is not called so"

# The text alone: one value, above the quoted letter that names the old one.
faulty text 江苏省苏州市常熟市
applicant mail "$WORK/value.eml" text@test.example '您好，更正如下：
联系电话：0512-55484407' --answer "$WORK/text.reply"
tell "$WORK/value.eml"
[ "$(newest CYMP-2022-0002)" = 'accepted 2 0512-55484407' ] || fail "a value in the text: $(newest CYMP-2022-0002)"
[ "$(ctl log --event recorded --json | tail -n 1 | jq -c '.forms[0] | [.n, .as, .changed]')" = '[0,"revision",["phone"]]' ] ||
	fail "logged otherwise: $(ctl log --event recorded --json | tail -n 1)"
[ "$(ctl show CYMP-2022-0002 --json | jq -r '.revisions[1].form.lead_unit')" = 昆山市工业和信息化局 ] || fail "not the whole form"


# The same by web mail, whose quotation holds our table.
applicant mail "$WORK/html.eml" text@test.example '联系人及职务：陆鸣 副科长' --answer-html "$WORK/text.reply"
tell "$WORK/html.eml"
[ "$(ctl show CYMP-2022-0002 --json | jq -r '.revisions[-1].form | .contact + " " + .phone')" = '陆鸣 副科长 0512-55484407' ] ||
	fail "a value above a quoted table: $(newest CYMP-2022-0002)"

# A value that is still wrong: asked for once more, with the form.
faulty still 江苏省苏州市张家港市
applicant mail "$WORK/wrong.eml" still@test.example '联系电话：5548440' --answer "$WORK/still.reply"
tell "$WORK/wrong.eml"
[ "$(newest CYMP-2022-0003)" = 'correction 2 5548440' ] || fail "still wrong: $(newest CYMP-2022-0003)"
[ "$(ctl log --event queued --json | tail -n 1 | jq -r .kind)" = correction ] || fail "still wrong, and not asked for"
reply_to still@test.example "$WORK/still.reply"
applicant attached "$WORK/still.reply" "$WORK/still.docx" || fail "the second correction has no form with it"

# Taken back: nothing happens by itself.
applicant mail "$WORK/back.eml" word@test.example '我市不再参与，请撤回登记 CYMP-2022-0001。' --answer "$WORK/word.reply"
tell "$WORK/back.eml"
[ "$(newest CYMP-2022-0001)" = 'accepted 2 0512-55484407' ] || fail "withdrawn by itself"
ctl review --json | jq -se 'any(.what == "undecided" and .why == "withdrawal" and .receipt == "CYMP-2022-0001")' >/dev/null ||
	fail "nobody is asked: $(ctl review)"
ctl show CYMP-2022-0001 | grep -q 'review dismiss CYMP-2022-0001' || fail "not shown with its registration"
[ "$(replies_to word@test.example)" = 3 ] || fail "a withdrawal was answered"
ctl review dismiss CYMP-2022-0001 --why '来信撤回' >/dev/null || fail "not withdrawn"
[ "$(newest CYMP-2022-0001)" = 'withdrawn 2 0512-55484407' ] || fail "dismissed: $(newest CYMP-2022-0001)"
[ -z "$(ctl review --json)" ] || fail "the withdrawal waits still: $(ctl review)"

# LibreOffice: our attachment, mended, saved by it.
if command -v soffice >/dev/null; then
	faulty office 江苏省苏州市太仓市
	applicant attached "$WORK/office.reply" "$WORK/office-ours.docx" || fail "the correction has no form with it"
	applicant mend "$WORK/office-ours.docx" "$WORK/office.docx" 联系电话 0512-55484407
	export HOME=$WORK/home
	if ! timeout 120 soffice --headless --convert-to odt --outdir "$WORK/odt" "$WORK/office.docx" >"$WORK/soffice.out" 2>&1 ||
		! timeout 120 soffice --headless --convert-to docx --outdir "$WORK/saved" "$WORK/odt/office.odt" >>"$WORK/soffice.out" 2>&1; then
		fail "LibreOffice saves nothing: $(cat "$WORK/soffice.out")"
	fi
	applicant mail "$WORK/saved.eml" office@test.example '已补正。' --answer "$WORK/office.reply" --attach "$WORK/saved/office.docx"
	tell "$WORK/saved.eml"
	[ "$(newest CYMP-2022-0004)" = 'accepted 2 0512-55484407' ] || fail "saved by LibreOffice: $(newest CYMP-2022-0004)"
	[ "$(ctl log --event recorded --json | tail -n 1 | jq -c '.forms[0].changed')" = '["phone"]' ] ||
		fail "LibreOffice changed more: $(ctl log --event recorded --json | tail -n 1)"
else
	echo "LibreOffice's round was left out: it is not here"
fi

# Whole; and the index made anew has the same revisions.
ctl verify >/dev/null || fail "not whole"
ctl list --json >"$WORK/list.before"
ctl show CYMP-2022-0002 --json >>"$WORK/list.before"
ctl rebuild >/dev/null || fail "no rebuild"
{ ctl list --json && ctl show CYMP-2022-0002 --json; } | cmp - "$WORK/list.before" || fail "the index made anew is another one"
