#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: no machine gets an answer from us. Two daemons of different houses write to each other, vacation
# responders answer our replies, bounces and reports of them come, a mailbox sends our own mail back: all is
# silent within one exchange, and staff see what never arrived.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
. "$(dirname "$0")/../lib/dialogue.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
sed -i 's/closes = "[^"]*"/closes = "2035-12-31"/' "$WORK/mingpian.cfg"

# ---- another house, with marks of its own on its mail: only what all machines agree upon can tell it ----
mkdir "$WORK/other"
cp "$WORK"/imap-dongwenyan "$WORK"/smtp-dongwenyan "$WORK/other"
sed -e 's/miit-icdc\.org/other.example/g; s/"mingpian\."/"other."/; s/"X-Mingpian-Loop"/"X-Other-Loop"/' \
	"$TOP/config/form.cfg" >"$WORK/other/form.cfg"
{
	sed -e '/^mailboxes/,$d' -e "s|form = \"[^\"]*\"|form = \"$WORK/other/form.cfg\"|" -e "s|$WORK/spool|$WORK/other/spool|" \
		-e 's/miit-icdc\.org/other.example/g' "$WORK/mingpian.cfg"
	echo "mailboxes: ( $(config_mailbox dongwenyan "imaps://127.0.0.1:$IMAPS_PORT" "smtps://127.0.0.1:$SMTPS_PORT" |
		sed 's/miit-icdc\.org/other.example/') );"
	sed -n '/^digest/,$p' "$WORK/mingpian.cfg" | sed 's/miit-icdc\.org/other.example/g; s/maruijuan/dongwenyan/'
} >"$WORK/other/mingpian.cfg"
sed -i '/address = "dongwenyan@/,/smtp:/d' "$WORK/mingpian.cfg" && sed -i 's/^\(    smtp: .*;  *}; }\),$/\1/' "$WORK/mingpian.cfg"
other() { "$BUILD/mingpiand" -c "$WORK/other/mingpian.cfg" --once 2>"$WORK/other.err" || fail "the other's run: $(cat "$WORK/other.err")"; }
sent() { grep -c '"ev": "data"' "$WORK/smtp.log"; }
: >"$WORK/smtp.log"

# A faulty form and a mail without one, in our name, reach the other house: it answers us, and we stay silent.
form_mail maruijuan@miit-icdc.org 江苏省苏州市昆山市 55484407 >"$WORK/1.eml"
applicant mail "$WORK/2.eml" maruijuan@miit-icdc.org '产业名片登记表，请查收'
for n in 1 2; do mail_put dongwenyan "$WORK/$n.eml" 2022-06-10T10:0$n:00+08:00 || fail "$n: not put"; done
other
[ "$(sent)" = 2 ] || fail "the other house sent $(sent) mails, should be 2"
for round in 1 2 3; do
	once
	other
	[ "$(sent)" = 2 ] || fail "round $round: $(sent) mails, so that machines talk"
done
# Its letter is nothing to us; its correction holds a form, and so is kept, and answered by nobody but a person.
[ "$(ctl status --json | jq -c '[.messages.ignored, .messages.correction, .outbox]')" = '[1,1,{"withheld":1}]' ] ||
	fail "what the other house sent: $(ctl status --json)"

# ---- what comes back for a reply of ours ----
for n in 1 2 3 4 5 6; do
	form_mail "who$n@test.example" "$(sed -n ${n}p <<<$'江苏省苏州市常熟市\n江苏省苏州市张家港市\n江苏省苏州市太仓市\n江苏省无锡市江阴市\n江苏省无锡市宜兴市\n江苏省南通市海安市')" \
		13800138000 >"$WORK/who$n.eml"
	tell "$WORK/who$n.eml"
	reply_to "who$n@test.example" "$WORK/who$n.reply"
done
state() { ctl show "$(receipt "$1")" --json | jq -r '.messages[0].replies[0].state'; }
receipt() { ctl list --json | jq -r --arg who "$1@test.example" 'select(.sender == $who) | .receipt'; }
id() { tr -d '\r' <"$WORK/$1.reply" | sed -n 's/^Message-ID: *//Ip' | head -n 1; }
before=$(sent)

# Vacation responders: marked as RFC 3834 has it, by a Chinese provider's word alone, and as they come in practice.
applicant mail "$WORK/v1.eml" who1@test.example '本人休假，6月20日返回。' --answer "$WORK/who1.reply" --header 'Auto-Submitted: auto-replied'
applicant mail "$WORK/v2.eml" who1@test.example '您的来信已收到，我会尽快回复。' --answer "$WORK/who1.reply" --header 'X-Autoreply: yes'
applicant mail "$WORK/v3.eml" who1@test.example 'I am away.' --answer "$WORK/who1.reply" --header 'Precedence: auto_reply'
tell "$WORK"/v?.eml
n=0
for dir in "$TOP"/tests/mail/*-ooo-*/; do
	n=$((n + 1))
	{ printf 'In-Reply-To: %s\r\n' "$(id who1)" && sed 's/\r*$/\r/' "$dir/message.eml"; } >"$WORK/ooo$n.eml"
	tell "$WORK/ooo$n.eml"
done
[ "$n" -ge 2 ] || fail "no samples of responders"
[ "$(sent)" = "$before" ] || fail "a responder was answered"

# Reports: of reading, and of being late, are no bounce; a bounce is, in RFC 3464's form or in QQ's prose.
report() { # NAME TYPE STATUS_PART
	printf '%s\r\n' 'Return-Path: <>' 'From: MAILER-DAEMON@mx.test.example' 'To: maruijuan@miit-icdc.org' 'Subject: report' \
		"Message-ID: <$RANDOM.$RANDOM@mx>" 'MIME-Version: 1.0' "Content-Type: multipart/report; report-type=$2; boundary=b" '' \
		'--b' 'Content-Type: text/plain' '' 'About your mail.' '--b' "Content-Type: message/$2" '' "$3" '' \
		'--b' 'Content-Type: message/rfc822' ''
	cat "$WORK/$1.reply"
	printf '\r\n--b--\r\n'
}
report who1 delivery-status $'Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x\r\nAction: delayed\r\nStatus: 4.4.1' >"$WORK/late.eml"
report who1 disposition-notification $'Final-Recipient: rfc822; x\r\nDisposition: manual-action/MDN-sent-manually; displayed' >"$WORK/read.eml"
report who2 delivery-status $'Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x\r\nAction: failed\r\nStatus: 5.1.1' >"$WORK/dsn.eml"
report who4 delivery-status $'Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x\r\nAction: failed\r\nStatus: 4.4.7' >"$WORK/gaveup.eml"
# By a provider that gave our reply a Message-ID of its own: the receipt in its subject is left, or its token.
sed -i -E '/^X-Mingpian-Loop:/d; s/^Message-ID:.*/Message-ID: <rewritten@mx>\r/' "$WORK/who5.reply"
report who5 delivery-status $'Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x\r\nAction: failed\r\nStatus: 5.1.1' >"$WORK/renamed.eml"
sed -i -E 's/^Message-ID:.*/Message-ID: <rewritten2@mx>\r/; /^Subject:/,/^Date:/{/^Date:/!d}' "$WORK/who6.reply"
report who6 delivery-status $'Reporting-MTA: dns; mx\r\n\r\nFinal-Recipient: rfc822; x\r\nAction: failed\r\nStatus: 5.1.1' >"$WORK/token.eml"
{
	printf '%s\r\n' 'Return-Path: <>' 'From: "PostMaster" <PostMaster@qq.com>' 'To: <maruijuan@miit-icdc.org>' \
		"Subject: =?UTF-8?B?$(printf 系统退信 | base64)?=" 'Message-ID: <tencent_1@qq.com>' 'MIME-Version: 1.0' \
		'Content-Type: text/html; charset="gb18030"' 'Content-Transfer-Encoding: base64' ''
	printf '<div><b>抱歉，您的邮件被退回来了。</b><table><tr><td>主 题</td><td>【已登记 %s】回复：登记表</td></tr><tr><td>退信原因：</td><td>收件人邮件地址不存在。<br>host mx3.qq.com said: 550 Mailbox not found.</td></tr></table></div>' \
		"$(receipt who3)" | iconv -f UTF-8 -t gb18030 | base64
} >"$WORK/qq.eml"
tell "$WORK/late.eml" "$WORK/read.eml" "$WORK/dsn.eml" "$WORK/qq.eml" "$WORK/gaveup.eml" "$WORK/renamed.eml" "$WORK/token.eml"
[ "$(state who1)" = sent ] || fail "late or read, and taken for a bounce: $(state who1)"
for who in who2 who3 who4 who5 who6; do
	[ "$(state $who)" = bounced ] || fail "$who: bounced, and it is $(state $who)"
	ctl review --json | jq -se --arg r "$(receipt $who)" 'any(.what == "bounced" and (.item | startswith($r)))' >/dev/null ||
		fail "$who: staff do not see the bounce: $(ctl review)"
	[ "$(ctl show "$(receipt "$who")" --json | jq .unreached)" = true ] || fail "$who: not marked as not reached"
done
[ "$(sent)" = "$before" ] || fail "a report was answered"

# Our own mail, sent back by a mailbox that forwards all to us, or by a rule that keeps our headers only in part.
{ printf 'Return-Path: <who1@test.example>\r\nReceived: from mx.test.example by mx.miit-icdc.org\r\n' && cat "$WORK/who1.reply"; } >"$WORK/own.eml"
sed -E '/^X-Mingpian-Loop:|^Message-ID:/Id' "$WORK/own.eml" >"$WORK/own2.eml"
tell "$WORK/own.eml" "$WORK/own2.eml"
[ "$(sent)" = "$before" ] || fail "our own mail was answered"
ctl verify >/dev/null || fail "not whole"
