#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a parser that lies, hangs or dies over a mail costs that mail only: it is held, tried in three runs (--once
# ends with 75 meanwhile), and then its outline decides: meant as a registration it is unreadable, kept and
# answered; else, or where the outline fails too, it is left to its owner marked `unread`, with nothing of it
# kept. A mail over the limits ends as unreadable where it is meant as a registration, else it is left as
# `unread`. The same with the parser's server, over a mail that takes all memory; and one that hangs holds up others
# for seconds.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
servers_start "$WORK"
config_write "$WORK" 'limits: { parse_seconds = 2; message_mb = 1; }; sandbox = "off"; # the liar is a shell script'

# A parser that does what the mail's subject says, beside a copy of the daemon.
mkdir "$WORK/bin"
cp "$BUILD/mingpiand" "$WORK/bin/"
cat >"$WORK/bin/mingpian-parse" <<END
#!/bin/sh
case "\$*" in
*--serve*) exit 70 ;; # then each mail has a process of its own
*--outline*) grep -aq 'X-Test: all-' </dev/stdin || exec "$BUILD/mingpian-parse" "\$@" </dev/stdin ;;
esac
case \$(grep -aom1 'X-Test: [a-z-]*') in
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

# private FROM HEADER: a person's mail with a file, that nothing marks as a registration.
private() {
	printf '%s\r\n' "From: $1" "To: maruijuan@miit-icdc.org" "Subject: photos" "Message-ID: <$RANDOM.$RANDOM@test>" \
		"Date: Fri, 10 Jun 2022 10:00:00 +0800" "$2" "MIME-Version: 1.0" 'Content-Type: multipart/mixed; boundary="=b"' "" \
		"--=b" "Content-Type: text/plain" "" "see there" "--=b" "Content-Type: application/zip" \
		"Content-Disposition: attachment; filename=photos.zip" "" "PK" "--=b--"
}
marked='lies names babbles floods hangs dies fails'
lost='all-dies all-hangs all-lies' # marked, and the outline fails as well
for what in $marked $lost; do
	form_mail "$what@example.org" 江苏省苏州市昆山市 13800138000 "<$what@test>" "X-Test: $what" >"$WORK/$what.eml"
	echo "2022-06-10T10:00:00+08:00 $WORK/$what.eml"
done >"$WORK/put"
private private@example.org 'X-Test: dies' >"$WORK/private.eml"
form_mail good@example.org 江苏省苏州市常熟市 13800138000 >"$WORK/good.eml"
echo "2022-06-10T10:00:01+08:00 $WORK/private.eml
2022-06-10T10:00:01+08:00 $WORK/good.eml" >>"$WORK/put"
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

# outcome FILE: what the log says of a mail at last.
outcome() {
	local id
	id=$(sha256sum <"$1" | cut -d' ' -f1)
	ctl log --json | jq -r --arg id "$id" 'select(.message == $id and (.event | IN("recorded", "left", "held"))) |
		"\(.event) \(.disposition // .attempt) \(.unread // "")"' | tail -n 1
}

# the reason that a kept reading names
reason() {
	local reading
	reading=$(ctl log --event recorded --json | jq -r --arg id "$(sha256sum <"$1" | cut -d' ' -f1)" 'select(.message == $id) | .reading')
	jq -r '.parsed.unread[0].reason' "$WORK/spool/read/${reading:0:2}/$reading.json"
}

count=$(wc -w <<<"$marked $lost private")
for try in 1 2 3; do
	began=$SECONDS status=0 want=$((try < 3 ? 75 : 0))
	"$WORK/bin/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || status=$?
	[ "$status" = $want ] || fail "run $try: exit $status: $(cat "$WORK/err")"
	[ $((SECONDS - began)) -lt $((60 * ${SLOW:-1})) ] || fail "run $try took $((SECONDS - began)) s"
	[ "$(ctl log --event held --json | jq -c "select(.attempt == $try)" | wc -l)" = "$count" ] || fail "run $try: not all are held"
	ctl list --json | jq -e 'select(.sender == "good@example.org")' >/dev/null || fail "the good one was not recorded"
done
for what in $marked; do
	[[ $(outcome "$WORK/$what.eml") == 'recorded unreadable'* ]] || fail "$what: $(outcome "$WORK/$what.eml")"
	[ "$(jq -r --arg to "$what@example.org" 'select(.ev == "data" and (.to | index($to))) | .ev' "$WORK/smtp.log" | wc -l)" = 1 ] ||
		fail "$what: its sender was not told once"
	want=damaged
	[ "$what" = hangs ] && want=timeout
	[ "$(reason "$WORK/$what.eml")" = $want ] || fail "$what: the reason is $(reason "$WORK/$what.eml")"
done
for what in $lost private; do
	[ "$(outcome "$WORK/$what.eml")" = 'left other true' ] || fail "$what: $(outcome "$WORK/$what.eml")"
	grep -rq "$what@example.org" "$WORK/spool" && fail "something of $what was kept"
done
[ "$(ctl list --json | wc -l)" = 1 ] || fail "something else was recorded"
grep -q 沈志远 "$WORK"/spool/log/*.jsonl && fail "the parser's words stand in the log"

# The large ones, of which only the beginning was fetched: so the log has no hash of the whole.
[ "$(ctl log --event left --json | jq -c 'select(.disposition == "other" and .unread)' | wc -l)" = $(($(wc -w <<<"$lost private") + 1)) ] ||
	fail "the large one that nothing marks is not left as unread: $(ctl log --event left)"
line=$(ctl log --event recorded --json | jq -c 'select(.disposition == "unreadable")' | while read -r line; do
	reading=$(jq -r .reading <<<"$line")
	jq -c 'select(.parsed.unread | any(.reason == "too_large"))' "$WORK/spool/read/${reading:0:2}/$reading.json"
done)
[ "$line" ] || fail "a large registration is not unreadable: $(ctl log)"
grep -q '"large@example.org"' "$WORK/smtp.log" || fail "its sender was not told"
ctl verify || fail "not whole"

# The parser itself, its server and a mail that takes more memory than it is given.
rm -rf "$WORK/spool"
nm "$BUILD/mingpian-parse" | grep -qE '__(asan|tsan)_init' && exit 0 # no limit of memory, which the rest is about
sed -i 's/parse_seconds = 2; message_mb = 1;/parse_seconds = 30; workers = 1;/' "$WORK/mingpian.cfg"
sed 's/parse_seconds = 30;/& parse_memory_mb = 192;/; s/^sandbox = .*//; s/sandbox = "off";//' "$WORK/mingpian.cfg" >"$WORK/caged.cfg"
{
	printf '%s\r\n' "From: huge@example.org" "To: dongwenyan@miit-icdc.org" "Subject: =?UTF-8?B?$(printf '报送产业名片登记表' | base64)?=" \
		"Date: Fri, 10 Jun 2022 10:00:00 +0800" "Message-ID: <huge@test>" "MIME-Version: 1.0" \
		'Content-Type: multipart/mixed; boundary="=b"' "" "--=b" "Content-Type: text/plain; charset=UTF-8" "" "x" "--=b" \
		"Content-Type: application/pdf" "Content-Disposition: attachment; filename=huge.pdf" "Content-Transfer-Encoding: base64" ""
	{ echo '%PDF-1.4'; head -c 30000000 /dev/zero; } | base64 -w 76 | sed 's/$/\r/'
	printf '\r\n--=b--\r\n'
} >"$WORK/huge.eml"
form_mail after@example.org 江苏省苏州市太仓市 13800138000 >"$WORK/after.eml"
printf '%s\n' "2022-06-10T10:00:03+08:00 $WORK/huge.eml" "2022-06-10T10:00:04+08:00 $WORK/after.eml" | mails_put dongwenyan || fail "not put"
for try in 1 2 3; do
	status=0 want=$((try < 3 ? 75 : 0))
	"$BUILD/mingpiand" -c "$WORK/caged.cfg" --once 2>"$WORK/err" || status=$?
	[ "$status" = $want ] || fail "huge, run $try: exit $status: $(cat "$WORK/err")"
	ctl list --json | jq -e 'select(.sender == "after@example.org")' >/dev/null || fail "the one behind was not recorded"
done
[[ $(outcome "$WORK/huge.eml") == 'recorded unreadable'* ]] || fail "huge: $(outcome "$WORK/huge.eml")"
[ "$(reason "$WORK/huge.eml")" = damaged ] || fail "huge: the reason is $(reason "$WORK/huge.eml")"
grep -q "server" "$WORK/err" && fail "the parser's server: $(cat "$WORK/err")"

# One that hangs, one turn: the next is recorded while it still hangs.
"$WORK/bin/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/err" &
pid=$!
await 20 test -S "$WORK/spool/control.sock" || fail "it does not come up: $(cat "$WORK/err")"
sleep 1
form_mail slow@example.org 江苏省苏州市张家港市 13800138000 '<slow@test>' 'X-Test: hangs' >"$WORK/slow.eml"
form_mail quick@example.org 江苏省苏州市吴江区 13800138000 '<quick@test>' >"$WORK/quick.eml"
printf '%s\n' "2022-06-10T10:00:05+08:00 $WORK/slow.eml" "2022-06-10T10:00:06+08:00 $WORK/quick.eml" | mails_put dongwenyan || fail "not put"
recorded() { ctl list --json | jq -e 'select(.sender == "quick@example.org")'; }
await 25 recorded || fail "held up by one that hangs: $(cat "$WORK/err")"
[ "$(outcome "$WORK/slow.eml")" = '' ] || fail "the one that hangs has ended before: $(outcome "$WORK/slow.eml")"
began=$SECONDS
kill $pid
wait $pid || fail "it ended with $?: $(cat "$WORK/err")"
[ $((SECONDS - began)) -le $((5 * ${SLOW:-1})) ] || fail "told to end while a mail hangs, it took $((SECONDS - began)) s"
ctl verify || fail "not whole at the end"
