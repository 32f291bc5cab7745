#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: SIGHUP takes a changed letter, form file, configuration or password without losing a connection that
# need not change, and looks again at what the old form file did not know; a bad file is refused in one
# clear line, and the old ones go on; what needs a restart is said.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
trap 'stop_process "${pid:-}"; case_end' EXIT
servers_start "$WORK"
cp -r "$TOP/config/templates" "$WORK/templates"
cp "$TOP/config/form.cfg" "$WORK/form.cfg"
config_write "$WORK"
sed -i "s|^templates = .*|templates = \"$WORK/templates\";|; s|form = \"[^\"]*\"|form = \"form.cfg\"|" "$WORK/mingpian.cfg"
cp "$WORK/mingpian.cfg" "$WORK/good.cfg"
ctl() { "$BUILD/mingpianctl" -c "$WORK/good.cfg" "$@"; }
logins() { grep -c "$1@.*reached" "$WORK/err"; } # each connection that came to be
said() { grep -cE -- "$1" "$WORK/err"; }
# hup WORDS: a SIGHUP, and the daemon says the words, once more than before.
hup() {
	local before
	before=$(said "$1")
	more() { [ "$(said "$1")" -gt "$before" ]; }
	kill -HUP "$pid"
	await 10 more "$1" || fail "'$1' is not said: $(tail -n 5 "$WORK/err")"
	runs "$pid" || fail "it has ended: $(tail -n 5 "$WORK/err")"
}
gone() { grep -q "\"p$1@example.org\"" "$WORK/smtp.log"; }
# shellcheck disable=SC2317 # by await
logged_reloaded() { [ -n "$(ctl log --event reloaded --json)" ]; }
# answered USER N REGION: a mail to him is answered; N is its number.
answered() {
	form_mail "p$2@example.org" "$3" 13800138000 >"$WORK/$2.eml"
	mail_put "$1" "$WORK/$2.eml" 2022-06-10T10:00:00+08:00 || fail "not put"
	await 20 gone "$2" || fail "$2 is not answered: $(tail -n 5 "$WORK/err")"
}
reply_to() { grep -rl "^Subject" "$WORK"/mail/p"$1"/new | xargs cat; }

"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/err" &
pid=$!
answered maruijuan 1 江苏省苏州市昆山市
await 10 grep -q 'dongwenyan.*reached' "$WORK/err" || fail "not reached"
before="$(logins maruijuan) $(logins dongwenyan)"

# Nothing has changed: nothing is logged.
hup 'reloaded: nothing has changed'
[ "$(ctl log --event reloaded --json | wc -l)" = 0 ] || fail "nothing, and logged"

# A letter: the next reply has it; a mail that is being read meanwhile is answered as it was read, by the old one. No
# connection was lost.
letter() {
	reply_to "$1" | $PYTHON -c 'import email, email.policy, sys
m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
print("new" if "新稿" in m.get_body(("plain",)).get_content() else "old")'
}
mapfile -t parsers < <(pgrep -P "$pid")
[ "${#parsers[@]}" -gt 0 ] || fail "no parser"
kill -STOP "${parsers[@]}"
form_mail p8@example.org 江苏省南通市如皋市 13800138000 >"$WORK/8.eml"
mail_put maruijuan "$WORK/8.eml" 2022-06-10T10:00:00+08:00 || fail "not put"
# shellcheck disable=SC2317 # by await
in_hand() { ctl status --json | jq -e '.live | ([.mailboxes[].handed] | add) == 2 and .queue_arrivals == 0'; }
await 20 in_hand >"$WORK/in_hand" || fail "not in hand: $(ctl status --json)"
sed -i 's/登记内容如下/登记内容（新稿）如下/' "$WORK"/templates/accepted.*
hup 'reloaded: templates'
await 10 logged_reloaded || fail "the writer has not gone over"
kill -CONT "${parsers[@]}"
await 20 gone 8 || fail "8 is not answered: $(tail -n 5 "$WORK/err")"
await 10 grep -rqs "^Subject" "$WORK"/mail/p8/new || fail "the reply never came"
[ "$(letter 8)" = old ] || fail "a mail that was read before is answered by the new letter"
answered maruijuan 2 江苏省苏州市常熟市
await 10 grep -rqs "^Subject" "$WORK"/mail/p2/new || fail "the reply never came"
[ "$(letter 2)" = new ] || fail "the old letter went out"
[ "$(logins maruijuan) $(logins dongwenyan)" = "$before" ] || fail "a connection was lost for a letter"

# Bad ones: refused, one line, and all goes on as before.
bad() {
	hup "not reloaded, all goes on as before: .*$1"
	answered dongwenyan "$2" "$3"
}
echo 'surprise = true;' >>"$WORK/mingpian.cfg"
bad 'mingpian.cfg:[0-9]+: surprise: unknown key' 3 江苏省苏州市张家港市
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"
cp "$WORK/form.cfg" "$WORK/form.good"
echo 'fields = 12;' >>"$WORK/form.cfg"
bad 'form.cfg:[0-9]+' 4 江苏省苏州市太仓市
cp "$WORK/form.good" "$WORK/form.cfg"
chmod 644 "$WORK/smtp-maruijuan"
bad 'smtp-maruijuan.*chmod 600' 5 江苏省无锡市江阴市
chmod 600 "$WORK/smtp-maruijuan"
ctl log --event reloaded --json | jq -r '.changed[]' | diff - <(echo templates) || fail "what was refused was logged"

# What needs a restart is said, and nothing of it is taken.
for edit in "s|dir = \"[^\"]*/spool\"|dir = \"$WORK/spool2\"|" 's/address = "dongwenyan@/address = "another@/' \
	's/receipt_prefix = "CYMP-2022-";/receipt_prefix = "CYMP-2022-"; timezone = "Europe\/Berlin";/' \
	"s|imaps://127.0.0.1:$IMAPS_PORT|imaps://127.0.0.1:1|"; do
	sed "$edit" "$WORK/good.cfg" >"$WORK/mingpian.cfg"
	cmp -s "$WORK/good.cfg" "$WORK/mingpian.cfg" && fail "the edit does nothing: $edit"
	hup 'not reloaded.*restart'
done
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"

# The configuration, of one mailbox: that one connects anew, the other keeps its connection.
sed -i '0,/poll_seconds = 5/s//poll_seconds = 7/; s/per_hour = [0-9]*;//' "$WORK/mingpian.cfg"
hup 'reloaded: configuration'
two() { [ "$(logins maruijuan)" -gt "${before% *}" ]; }
await 10 two || fail "the mailbox was not connected to anew"
[ "$(logins dongwenyan)" = "${before#* }" ] || fail "the other mailbox lost its connection"
answered maruijuan 6 江苏省无锡市宜兴市

# A password: wrong at first (an alarm), then the right one is taken at once, though ten minutes are not over.
sed -i 's/secret2/secret3/' "$WORK/passwd"
echo wrong >"$WORK/imap-dongwenyan"
hup 'reloaded: credentials'
await 10 grep -q 'alarm: dongwenyan@' "$WORK/err" || fail "no alarm"
sleep 1.1
echo secret3 >"$WORK/imap-dongwenyan"
echo secret3 >"$WORK/smtp-dongwenyan"
hup 'reloaded: credentials'
await 10 grep -q 'alarm over: dongwenyan@' "$WORK/err" || fail "the right password is not taken: $(tail -n 4 "$WORK/err")"
grep -E 'secret|wrong' "$WORK/err" && fail "a password was said"

# The form file: what it did not know is looked at again; the log knows which one was in force.
sed -i 's/本单位//' "$WORK/form.cfg"
echo '# another' >>"$WORK/form.cfg"
hup 'reloaded: form'
version=$(ctl log --event reloaded --json | tail -n 1 | jq -r .form)
[ "$version" = "$(sha256sum "$WORK/form.cfg" | cut -d' ' -f1)" ] || fail "another form than logged"
answered maruijuan 7 江苏省南通市海安市

# How large a mail may be: also one that is handed in.
large() {
	printf '%s\r\n' "From: p9@another.test" "To: maruijuan@miit-icdc.org" "Subject: =?UTF-8?B?$(printf '报送产业名片登记表，请查收' | base64)?=" \
		"Message-ID: <large$1@test>" "MIME-Version: 1.0" "Content-Type: application/octet-stream; name=\"form$1.doc\"" \
		"Content-Transfer-Encoding: base64" "" >"$WORK/9.eml"
	head -c 1600000 /dev/zero | base64 | sed 's/$/\r/' >>"$WORK/9.eml"
	ctl ingest "$WORK/9.eml" --received 2022-06-10T10:00:00+08:00
}
echo 'limits: { message_mb = 1; };' >>"$WORK/mingpian.cfg"
# why N: what of mail N could not be read.
why() { grep -rh "large$1@test" "$WORK/spool/read" | jq -r '.parsed.unread[].reason'; }
large 1 >"$WORK/out" 2>&1 || fail "not taken in: $(cat "$WORK/out")"
hup 'reloaded: configuration'
large 2 >"$WORK/out" 2>&1 || fail "not taken in: $(cat "$WORK/out")"
[ "$(why 1)" = unsupported ] && why 2 | grep -qx too_large || fail "the new limit is not known where mail is handed in: $(why 1) $(why 2)"

kill $pid
wait $pid || fail "told to end, it ended with $?: $(tail -n 3 "$WORK/err")"
[ "$(ctl list --json | wc -l)" = 8 ] || fail "not eight registrations"
[ "$(grep -c '"ev": "data".*example.org' "$WORK/smtp.log")" = 8 ] || fail "not eight replies"
ctl verify || fail "not whole"
