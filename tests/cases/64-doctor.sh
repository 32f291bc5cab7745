#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: doctor finds each thing that is wrong, on real servers, and says what to do about it; where nothing is, it
# says so. Certificates that have expired, of a foreign authority, for another name; passwords that are wrong, lapsed,
# open to others, not there; folders, disk, clock, templates, two files that disagree.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
mkdir -m 700 "$WORK/spool"
# well OPTION…: nothing is wrong.
well() { ctl doctor "$@" >"$WORK/out" 2>&1 || fail "doctor finds what is not there: $(cat "$WORK/out")"; }
# ill WHAT WORDS [OPTION…]: exit 78, and the check of that name tells what to do.
ill() {
	local what=$1 words=$2 got=0
	shift 2
	ctl doctor "$@" >"$WORK/out" 2>&1 || got=$?
	[ $got = 78 ] || fail "$what: exit $got: $(cat "$WORK/out")"
	grep -E "^wrong  $what" "$WORK/out" | grep -qE -e "$words" || fail "$what: '$words' is not said: $(cat "$WORK/out")"
}

well
for what in 'configuration and form file' 'one deadline' 'one receipt prefix' 'templates' 'password for IMAP' 'password for SMTP' 'the parser answers' \
	'pictures' 'Chinese in PDF' 'folder can be written' 'room on the disk' 'maruijuan.*IMAP reached by TLS' 'maruijuan.*IMAP login' 'folder INBOX' \
	'maruijuan.*SMTP reached by TLS' 'maruijuan.*SMTP login' 'dongwenyan.*IMAP login' 'dongwenyan.*SMTP login'; do
	grep -qE "^(ok|note) .*$what" "$WORK/out" || fail "no word of: $what: $(cat "$WORK/out")"
done
grep -q '^nothing is wrong' "$WORK/out" || fail "no last word"
grep -q '"ev": "data"' "$WORK/smtp.log" 2>/dev/null && fail "doctor sent a mail"
well --offline
grep -q 'IMAP login' "$WORK/out" && fail "--offline, and a login"
ctl doctor --json | jq -es 'length > 15 and all(.[]; (.check | strings) != "" and (.says == "ok" or .says == "note"))' >/dev/null || fail "no JSON"

# So many fonts that their list is longer than a pipe holds.
mkdir "$WORK/bin"
printf '#!/bin/bash\nset -e\nfor ((i = 0; i < 9000; i++)); do echo "Noto Sans CJK SC,Noto Sans CJK SC Light"; done\n' >"$WORK/bin/fc-list"
chmod 755 "$WORK/bin/fc-list"
PATH="$WORK/bin:$PATH" well --offline
grep -qE '^ok .*fonts: a Chinese one is there' "$WORK/out" || fail "many fonts are none: $(grep fonts "$WORK/out")"

# Credentials.
printf wrong >"$WORK/imap-maruijuan"
printf wrong >"$WORK/smtp-maruijuan"
ill 'maruijuan@miit-icdc.org: IMAP login' 'refused: check both; the authorization code'
grep -E '^wrong  maruijuan@miit-icdc.org: SMTP login' "$WORK/out" | grep -q 'refused: check both' || fail "SMTP: $(cat "$WORK/out")"
grep -q 'secret\|wrong wrong' "$WORK/out" && fail "a password is shown"
password_of maruijuan >"$WORK/imap-maruijuan"
password_of maruijuan >"$WORK/smtp-maruijuan"
chmod 644 "$WORK/imap-maruijuan"
ill 'maruijuan@miit-icdc.org: password for IMAP' 'chmod 600' --offline
chmod 600 "$WORK/imap-maruijuan"
mv "$WORK/smtp-maruijuan" "$WORK/away"
ill 'maruijuan@miit-icdc.org: password for SMTP' 'write the password into it' --offline
: >"$WORK/smtp-maruijuan"
chmod 600 "$WORK/smtp-maruijuan"
ill 'maruijuan@miit-icdc.org: password for SMTP' 'is empty' --offline
mv "$WORK/away" "$WORK/smtp-maruijuan"
# a token that says itself when it lapsed
cp "$WORK/mingpian.cfg" "$WORK/good.cfg"
cp "$WORK/imap-maruijuan" "$WORK/away"
sed -i '0,/password_file = "imap-maruijuan";/s//password_file = "imap-maruijuan"; auth = "oauth";/' "$WORK/mingpian.cfg"
printf 'e30.%s.x' "$(printf '{"aud":"x","exp":1655000000}' | base64 -w0 | tr '+/' '-_' | tr -d =)" >"$WORK/imap-maruijuan"
ill 'maruijuan@miit-icdc.org: token for IMAP' 'lapsed at 2022-06-12.*get a new one' --offline
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"
mv "$WORK/away" "$WORK/imap-maruijuan"
well --offline

# Certificates, in a real Dovecot. $1: what the certificate is; its words.
certificate() {
	kill -HUP "$DOVECOT_PID"
	sleep 0.5
	await 10 dovecot_answers || fail "Dovecot does not come back"
}
cp "$WORK/cert.pem" "$WORK/good.pem"
cp "$WORK/key.pem" "$WORK/goodkey.pem"
(
	cd "$WORK" || exit 1
	mkdir ca && : >ca/index && echo 01 >ca/serial
	printf '[ca]\ndefault_ca=d\n[d]\ndatabase=ca/index\nserial=ca/serial\nnew_certs_dir=ca\ncertificate=ca.pem\nprivate_key=ca.key\ndefault_md=sha256\npolicy=p\nx509_extensions=e\n[p]\ncommonName=supplied\n[e]\nsubjectAltName=DNS:localhost,IP:127.0.0.1\n' >ca.cnf
	openssl ca -batch -config ca.cnf -in request.pem -out expired.pem -startdate 20200101000000Z -enddate 20200201000000Z -notext &&
	openssl ca -batch -config ca.cnf -in request.pem -out soon.pem -startdate 20200101000000Z -enddate "$(date -u -d '+3 days' +%Y%m%d%H%M%SZ)" -notext -subj /CN=soon &&
	printf 'subjectAltName=DNS:other.example.org\n' >other.ext &&
	openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile other.ext -out other.pem &&
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1 -keyout foreignkey.pem -out foreign.pem
) >"$WORK/openssl.log" 2>&1 || fail "no certificates: $(cat "$WORK/openssl.log")"
cp "$WORK/expired.pem" "$WORK/cert.pem"
certificate
ill 'maruijuan@miit-icdc.org: IMAP reached by TLS' 'has expired: whoever runs the server must renew it'
ill 'dongwenyan@miit-icdc.org: IMAP reached by TLS' 'has expired' # by STARTTLS
grep -q '^ok     maruijuan@miit-icdc.org: SMTP login' "$WORK/out" || fail "the other server is blamed, too: $(cat "$WORK/out")"
cp "$WORK/other.pem" "$WORK/cert.pem"
certificate
ill 'maruijuan@miit-icdc.org: IMAP reached by TLS' 'is for another name: put the name that it bears into the url'
cp "$WORK/foreign.pem" "$WORK/cert.pem"
cp "$WORK/foreignkey.pem" "$WORK/key.pem"
certificate
ill 'maruijuan@miit-icdc.org: IMAP reached by TLS' 'authority that is not known here.*ca_file'
cp "$WORK/soon.pem" "$WORK/cert.pem"
cp "$WORK/goodkey.pem" "$WORK/key.pem"
certificate
well
grep -E '^note   maruijuan@miit-icdc.org: IMAP reached by TLS' "$WORK/out" | grep -q 'in [23] days: see that it is renewed' || fail "soon: $(cat "$WORK/out")"
cp "$WORK/good.pem" "$WORK/cert.pem"
certificate
sed -i "s|ca_file = \"[^\"]*\"|ca_file = \"$WORK/none.pem\"|" "$WORK/mingpian.cfg"
ill 'maruijuan@miit-icdc.org: IMAP' 'ca_file|not to be trusted|authority'
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"

# Servers that are not there, or speak something else; folders.
sed -i "s|smtps://127.0.0.1:$SMTPS_PORT|smtps://127.0.0.1:1|" "$WORK/mingpian.cfg"
ill 'maruijuan@miit-icdc.org: SMTP reached by TLS' 'not reached: check host, port'
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"
sed -i "s|imaps://127.0.0.1:$IMAPS_PORT|imaps://no-such-host.invalid|" "$WORK/mingpian.cfg"
ill 'maruijuan@miit-icdc.org: IMAP reached by TLS' 'name is not found'
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"
sed -i "0,/folders = \[[^]]*\];/s//folders = [\"INBOX\", \"报名\"];/" "$WORK/mingpian.cfg"
grep -q 报名 "$WORK/mingpian.cfg" || sed -i "0,/password_file = \"imap-maruijuan\";/s//password_file = \"imap-maruijuan\"; folders = [\"INBOX\", \"报名\"];/" "$WORK/mingpian.cfg"
ill 'maruijuan@miit-icdc.org: folder 报名' 'folder|exist'
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"
# The connection ends at the first folder of several.
$PYTHON "$LIB/imap_script.py" leave:EXAMINE "$WORK/script.log" "$WORK/good.pem" "$WORK/goodkey.pem" >"$WORK/script.out" 2>&1 &
script=$!
await 5 grep -q READY "$WORK/script.out" || fail "no script: $(cat "$WORK/script.out")"
sed -i "0,/imaps:..127.0.0.1:$IMAPS_PORT\"/s||imaps://127.0.0.1:$(cut -d' ' -f2 "$WORK/script.out")\"; folders = [\"a\", \"b\", \"c\", \"d\"]|" "$WORK/mingpian.cfg"
ill 'maruijuan@miit-icdc.org: folder a' '.'
[ "$(grep -c 'wrong.*maruijuan@miit-icdc.org: folder [a-d]' "$WORK/out")" = 4 ] || fail "not each folder: $(cat "$WORK/out")"
kill "$script"
wait "$script" 2>/dev/null
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"

# A sentence that is cut within a character stays JSON, wherever the cut falls.
long=$(printf '产业名片登记之目录%.0s' {1..8})
for shift in x xx; do
	sed "s|$WORK/spool|$WORK/$shift/$long/$long/$long|" "$WORK/good.cfg" >"$WORK/mingpian.cfg"
	ctl doctor --offline --json >"$WORK/out" 2>"$WORK/err"
	[ $? = 78 ] && jq -es 'any(.[]; .says == "wrong" and (.why | contains("目录")))' "$WORK/out" >/dev/null || fail "a long sentence: $(cat "$WORK/err")"
done
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"

# This machine.
sed -i 's/deadline = "2022-06-30"/deadline = "2022-07-01"/; s/receipt_prefix = "CYMP-2022-"/receipt_prefix = "CYMP-2023-"/' "$WORK/mingpian.cfg"
ill 'one deadline in both files' 'different days; make them the same' --offline
grep -E '^wrong  one receipt prefix' "$WORK/out" | grep -q 'CYMP-2023-' || fail "two prefixes: $(cat "$WORK/out")"
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"
cp -r "$TOP/config/templates" "$WORK/templates"
rm "$WORK/templates/life.html"
sed -i "s|^templates = .*|templates = \"$WORK/templates\";|" "$WORK/mingpian.cfg"
ill 'templates of letters and pages' 'life.html: put it back' --offline
echo '{{nobody}}' >"$WORK/templates/accepted.txt"
ill 'templates of letters and pages' 'accepted.txt:1: unknown name' --offline
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"
cp -r "$TOP/config/templates" "$WORK/letters"
cp "$TOP/config/form.cfg" "$WORK/form.cfg"
sed -i "s|^templates = .*|templates = \"$WORK/letters\";|; s|form = \"[^\"]*\"|form = \"$WORK/form.cfg\"|" "$WORK/mingpian.cfg"
for file in letters/audit letters/accepted.txt form.cfg mingpian.cfg; do
	chmod o+w "$WORK/$file"
	ill 'configuration and templates are shut to others' "/$file can be changed by anybody .*chmod o-w" --offline
	chmod o-w "$WORK/$file"
done
if [ "$(id -u)" = 0 ]; then # whose files are no service's
	chown nobody "$WORK/spool" "$WORK/imap-maruijuan" # its own password file is no fault, whoever looks
	well --offline
	grep -q 'can be changed by the user' "$WORK/out" && fail "a note without cause: $(cat "$WORK/out")"
	for file in letters/audit/check.sh form.cfg; do
		chown nobody "$WORK/$file"
		well --offline
		grep -qE "^note   configuration and templates: .*/$file can be changed by the user that the spool belongs to.*chown root" "$WORK/out" || fail "$file: $(cat "$WORK/out")"
		chown root "$WORK/$file"
	done
	chown root "$WORK/spool" "$WORK/imap-maruijuan"
fi
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"
# The daemon's own measure of room, and no other: here all of it is taken.
echo '1 0' >"$WORK/trouble"
full=$(LD_PRELOAD=$BUILD/fault/trouble.so TROUBLE=$WORK/trouble TROUBLE_BELOW=$WORK/spool \
	bash -c 'exec -a mingpiand "$0" -c "$1" doctor --offline' "$BUILD/mingpianctl" "$WORK/mingpian.cfg")
grep -q '^wrong  room on the disk: make room: .*no new mail is taken in' <<<"$full" || fail "a full disk: $full"
chmod 755 "$WORK/spool"
ill "the spool's folder can be written" 'chmod 750' --offline
rmdir "$WORK/spool"
ill "the spool's folder can be written" 'make it, owned by' --offline
grep -q 'room on the disk' "$WORK/out" && fail "room on a disk that is not there"
form_mail one@example.org 江苏省苏州市昆山市 13800138000 >"$WORK/1.eml"
mail_put maruijuan "$WORK/1.eml" 2022-06-10T10:00:00+08:00
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || fail "a run: $(cat "$WORK/err")"
MINGPIAN_NOW=2022-06-01T00:00:00+08:00 ill clock 'behind the log.*timedatectl' --offline
well
# a parser that does not answer: a program of its name that ends at once
mkdir "$WORK/bin"
cp "$BUILD/mingpianctl" "$WORK/bin/"
printf '#!/bin/sh\nexit 3\n' >"$WORK/bin/mingpian-parse"
chmod +x "$WORK/bin/mingpian-parse"
"$WORK/bin/mingpianctl" -c "$WORK/mingpian.cfg" doctor --offline >"$WORK/out"
grep -q '^wrong  the parser answers' "$WORK/out" && grep -q '^wrong  models: what reads pictures: .*install' "$WORK/out" || fail "the parser: $(cat "$WORK/out")"
rm "$WORK/bin/mingpian-parse"
"$WORK/bin/mingpianctl" -c "$WORK/mingpian.cfg" doctor --offline >"$WORK/out"
grep -q '^wrong  the parser: ' "$WORK/out" || fail "no parser: $(cat "$WORK/out")"
"$BUILD/mingpianctl" -c "$WORK/none.cfg" doctor 2>"$WORK/err"
[ $? = 78 ] && grep -q none.cfg "$WORK/err" || fail "no configuration: $(cat "$WORK/err")"
echo "each found"
