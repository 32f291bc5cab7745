#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a parser that lies, hangs or dies over a mail costs that mail only: it is held, tried in three runs, then
# left to its owner marked `unread`, with nothing of it kept; --once ends with 75 meanwhile. And a mail over
# the limits ends as unreadable where it is meant as a registration, else it is left as `unread`.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
servers_start "$WORK"
config_write "$WORK" 'limits: { parse_seconds = 2; message_mb = 1; }; sandbox = "off"; # the liar is a shell script'
ctl() { "$BUILD/mingpianctl" -c "$WORK/mingpian.cfg" "$@"; }

# A parser that does what the mail's subject says, beside a copy of the daemon.
mkdir "$WORK/bin"
cp "$BUILD/mingpiand" "$WORK/bin/"
cat >"$WORK/bin/mingpian-parse" <<END
#!/bin/sh
case \$(grep -aom1 'X-Test: [a-z]*') in
*lies) echo '{"disposition":"accepted","forms":[]}' ;;
*names) "$BUILD/mingpian-parse" "\$@" </dev/stdin | sed 's/"parser": *"/&沈志远 /' ;;
*babbles) yes | head -c 100000 ;;
*floods) yes | head -c 80000000 ;;
*hangs) sleep 60 ;;
*dies) kill -9 \$\$ ;;
*fails) echo 'cannot' >&2; exit 70 ;;
*) exec "$BUILD/mingpian-parse" "\$@" </dev/stdin ;;
esac
END
chmod +x "$WORK/bin/mingpian-parse"

evil='lies names babbles floods hangs dies fails'
for what in $evil; do
	form_mail "$what@example.org" 江苏省苏州市昆山市 13800138000 "<$what@test>" "X-Test: $what" >"$WORK/$what.eml"
	echo "2022-06-10T10:00:00+08:00 $WORK/$what.eml"
done >"$WORK/put"
form_mail good@example.org 江苏省苏州市常熟市 13800138000 >"$WORK/good.eml"
echo "2022-06-10T10:00:01+08:00 $WORK/good.eml" >>"$WORK/put"
# large SUBJECT FILE: a mail of 2 MB whose attachment is cut off where the limit is.
large() {
	printf '%s\r\n' "From: large@example.org" "To: maruijuan@miit-icdc.org" "Subject: =?UTF-8?B?$(printf %s "$1" | base64)?=" \
		"Date: Fri, 10 Jun 2022 10:00:00 +0800" "Message-ID: <$2@test>" "MIME-Version: 1.0" \
		'Content-Type: multipart/mixed; boundary="=b"' "" "--=b" "Content-Type: text/plain; charset=UTF-8" "" "$1" "--=b" \
		"Content-Type: application/pdf" "Content-Disposition: attachment; filename=$2.pdf" "Content-Transfer-Encoding: base64" ""
	{ echo '%PDF-1.4'; head -c 1500000 /dev/urandom; } | base64 -w 76 | sed 's/$/\r/'
	printf '\r\n--=b--\r\n'
}
large '报送产业名片登记表，请查收' form >"$WORK/form.eml"
large '照片' photos >"$WORK/photos.eml"
for what in form photos; do echo "2022-06-10T10:00:02+08:00 $WORK/$what.eml"; done >>"$WORK/put"
mails_put maruijuan <"$WORK/put" || fail "not put"

count=$(wc -w <<<"$evil")
for try in 1 2 3; do
	began=$SECONDS status=0
	"$WORK/bin/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || status=$?
	[ "$status" = 75 ] || fail "run $try: exit $status: $(cat "$WORK/err")"
	[ $((SECONDS - began)) -lt 30 ] || fail "run $try took $((SECONDS - began)) s"
	[ "$(ctl log --event held --json | jq -c "select(.attempt == $try)" | wc -l)" = "$count" ] || fail "run $try: not all are held"
	ctl list --json | jq -e 'select(.sender == "good@example.org")' >/dev/null || fail "the good one was not recorded"
done
status=0
"$WORK/bin/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || status=$?
[ "$status" = 0 ] || fail "the last run: exit $status: $(cat "$WORK/err")"
[ "$(ctl log --event left --json | jq -c 'select(.unread and .disposition == "other")' | wc -l)" = $((count + 1)) ] ||
	fail "not all are left as unread"
[ "$(ctl list --json | wc -l)" = 1 ] || fail "something else was recorded"
grep -q 沈志远 "$WORK"/spool/log/*.jsonl && fail "the parser's words stand in the log"

# The large ones.
line=$(ctl log --event recorded --json | jq -c 'select(.disposition == "unreadable")')
[ "$line" ] || fail "a large registration is not unreadable: $(ctl log)"
reading=$(jq -r .reading <<<"$line")
jq -e '.parsed.unread | any(.reason == "too_large")' "$WORK/spool/read/${reading:0:2}/$reading.json" >/dev/null ||
	fail "not too_large: $(jq -c .parsed.unread "$WORK/spool/read/${reading:0:2}/$reading.json")"
grep -q '"large@example.org"' "$WORK/smtp.log" || fail "its sender was not told"
ctl verify || fail "not whole"
