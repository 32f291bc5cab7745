#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a password that lapsed is tried once in ten minutes at most, however often the daemon is started and
# however many replies wait; an alarm stands in the log and the journal at once; another password is tried
# at once, and the alarm is over. The other mailbox works all the time.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
sed -i '/^digest:/s/from = "[^"]*"; to = \["[^"]*"\]/from = "dongwenyan@miit-icdc.org"; to = ["maruijuan@miit-icdc.org"]/' "$WORK/mingpian.cfg"
alarms() { ctl log --event alarm --json | jq -r '"\(.alarm) \(.mailbox) \(.state) \(.why)"'; }
imap_tries() { grep -c 'imap-login.*user=<maruijuan>.*auth failed\|imap-login.*auth failed.*user=<maruijuan>' "$WORK/dovecot.log"; }
smtp_tries() { jq -s 'map(select(.ev == "auth" and .user == "dongwenyan" and .ok == false)) | length' "$WORK/smtp.log"; }
once() {
	local status=0
	"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || status=$?
	[ "$status" = "$1" ] || fail "exit $status, should be $1: $(cat "$WORK/err")"
}

# IMAP of one mailbox and SMTP of the other are refused; five replies want to go out by the latter.
echo lapsed >"$WORK/imap-maruijuan"
echo lapsed >"$WORK/smtp-dongwenyan"
n=0
for town in 昆山 常熟 张家港 太仓 江阴; do
	n=$((n + 1))
	form_mail "d$n@example.org" "江苏省苏州市${town}市" 13800138000 >"$WORK/$n.eml"
	mail_put dongwenyan "$WORK/$n.eml" 2022-06-10T10:0$n:00+08:00 || fail "not put"
done
form_mail m@example.org 江苏省无锡市宜兴市 13800138000 >"$WORK/m.eml"
mail_put maruijuan "$WORK/m.eml" 2022-06-10T10:01:00+08:00 || fail "not put"

once 77
[ "$(ctl list --json | wc -l)" = 5 ] || fail "the other mailbox was not served: $(cat "$WORK/err")"
grep -q 'alarm: maruijuan@.*IMAP.*authorization code.*write it into' "$WORK/err" || fail "no alarm with what to do: $(cat "$WORK/err")"
grep -q 'alarm: dongwenyan@.*SMTP.*authorization code' "$WORK/err" || fail "no alarm for sending: $(cat "$WORK/err")"
grep -q lapsed "$WORK/err" && fail "the password was said"
alarms | sort >"$WORK/got"
diff "$WORK/got" - <<-END || fail "other alarms"
	imap_credential maruijuan@miit-icdc.org raised auth
	smtp_credential dongwenyan@miit-icdc.org raised auth
END
[ "$(smtp_tries)" = 1 ] || fail "$(smtp_tries) logins with a refused password for five replies"
[ "$(imap_tries)" = 1 ] || fail "$(imap_tries) logins at the IMAP server: $(grep imap-login "$WORK/dovecot.log")"

# Started again and again, as systemd does: no further try.
for _ in 1 2 3; do
	once 77
	grep -q 'not tried again' "$WORK/err" || fail "not said that it is not tried: $(cat "$WORK/err")"
done
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/err" &
pid=$!
await 10 grep -q 'not tried again' "$WORK/err" || fail "it tries: $(cat "$WORK/err")"
sleep 2
kill $pid
wait $pid || fail "told to end, it ended with $?"
[ "$(smtp_tries)" = 1 ] || fail "$(smtp_tries) logins by starting again"
[ "$(imap_tries)" = 1 ] || fail "$(imap_tries) IMAP logins by starting again"

# Ten minutes later each is tried once more; the log counts the tries, and the journal is not filled.
MINGPIAN_NOW=$(date -d '+11 minutes' +%Y-%m-%dT%H:%M:%S%:z) once 77
[ "$(imap_tries)" = 2 ] || fail "$(imap_tries) IMAP logins after ten minutes"
[ "$(smtp_tries)" = 2 ] || fail "$(smtp_tries) SMTP logins after ten minutes"
[ "$(alarms | grep -c raised)" = 4 ] || fail "not each try in the log: $(alarms)"
grep -q 'alarm: ' "$WORK/err" && fail "an alarm that is up is raised again in the journal"

# The digest cannot go out from the account that is refused: it comes from the other one, and says so.
MINGPIAN_NOW=$(date -d '+12 hours 5 minutes' +%Y-%m-%dT%H:%M:%S%:z) once 77
jq -r 'select(.ev == "data") | "\(.mail_from) \(.to)"' "$WORK/smtp.log" | grep -q '^maruijuan@miit-icdc.org .*maruijuan@' || fail "no digest: $(cat "$WORK/err")"
digest=$(jq -r 'select(.event == "queued" and .kind == "digest") | .message' "$WORK"/spool/log/*.jsonl)
$PYTHON - "$WORK/spool/mail/${digest:0:2}/$digest".* <<-'END' || fail "the digest does not tell staff"
	import email, email.policy, sys
	m = email.message_from_bytes(open(sys.argv[1], "rb").read(), policy=email.policy.default)
	assert "maruijuan@miit-icdc.org" in m["From"], m["From"]
	text = m.get_body(("plain",)).get_content()
	assert "发信账号未通过" in text and "收信账号未通过" in text, text
END

# Another password is tried at once; all that waited goes out, once.
echo secret1 >"$WORK/imap-maruijuan"
echo secret2 >"$WORK/smtp-dongwenyan"
touch -d '+13 hours' "$WORK/imap-maruijuan" "$WORK/smtp-dongwenyan"
MINGPIAN_NOW=$(date -d '+13 hours 1 minute' +%Y-%m-%dT%H:%M:%S%:z) once 0
grep -q 'alarm over' "$WORK/err" || fail "nobody is told that it is over: $(cat "$WORK/err")"
[ "$(alarms | grep -c cleared)" = 2 ] || fail "not cleared: $(alarms)"
[ "$(ctl list --json | wc -l)" = 6 ] || fail "something was lost"
[ "$(grep -c '"ev": "data".*example.org' "$WORK/smtp.log")" = 6 ] || fail "not six replies"
ctl verify || fail "not whole"
