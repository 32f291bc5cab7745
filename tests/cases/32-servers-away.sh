#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: what is wrong around the daemon is said in one clear line, costs the other mailbox nothing, and loses
# nothing: a server away, a wrong password, a foreign CA, a second daemon, a full disk, a bad configuration.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
# run WANTED_STATUS WORD [COMMAND…]: one run; what it says holds the word.
run() {
	local want=$1 word=$2 status=0
	shift 2
	"$@" "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once >"$WORK/err" 2>&1 || status=$?
	[ "$status" = "$want" ] || fail "exit $status, should be $want: $(cat "$WORK/err")"
	grep -q "$word" "$WORK/err" || fail "'$word' was not said: $(cat "$WORK/err")"
}

form_mail one@example.org 江苏省苏州市昆山市 13800138000 >"$WORK/1.eml"
form_mail two@example.org 江苏省苏州市常熟市 13800138000 >"$WORK/2.eml"
mail_put maruijuan "$WORK/1.eml" 2022-06-10T10:01:00+08:00 || fail "not put"
mail_put dongwenyan "$WORK/2.eml" 2022-06-10T10:02:00+08:00 || fail "not put"

# A wrong password: the other mailbox is served, the wrong one is named.
echo wrong >"$WORK/imap-maruijuan"
run 77 maruijuan@miit-icdc.org
[ "$(ctl list --json | wc -l)" = 1 ] || fail "the other mailbox was not served"
grep -q secret1 "$WORK/err" && fail "a password in the message"

# A password file that others may read: nothing is started. Written later than the refusal: so it is tried.
sleep 1.1
echo secret1 >"$WORK/imap-maruijuan"
chmod 644 "$WORK/imap-maruijuan"
run 78 'chmod 600'
chmod 600 "$WORK/imap-maruijuan"

# A certificate by a CA that we do not trust.
cp "$WORK/mingpian.cfg" "$WORK/good.cfg"
sed -i "0,/ca_file = \"[^\"]*\"/s///; s/;  *poll/; poll/; s/; ; /; /" "$WORK/mingpian.cfg"
run 69 maruijuan@miit-icdc.org
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"

# A second daemon says who holds the spool.
flock -o "$WORK/spool/lock" sleep 5 &
holder=$!
sleep 0.5
run 75 spool
kill "$holder"
wait "$holder" 2>/dev/null

# A server that is not there.
sed -i "s/imaps:\/\/127.0.0.1:$IMAPS_PORT/imaps:\/\/127.0.0.1:1/" "$WORK/mingpian.cfg"
run 75 maruijuan@miit-icdc.org
cp "$WORK/good.cfg" "$WORK/mingpian.cfg"

# All well again: what lay there all the time is recorded and answered, once.
run 0 recorded
[ "$(ctl list --json | wc -l)" = 2 ] || fail "something was lost"
[ "$(grep -c '"ev": "data"' "$WORK/smtp.log")" = 2 ] || fail "not two replies"
ctl verify || fail "not whole"

# The configuration's own faults: file, line, what was expected.
sed 's/poll_seconds = 5/poll_seconds = "soon"/' "$WORK/good.cfg" >"$WORK/mingpian.cfg"
run 78 'mingpian.cfg:[0-9]*:.*poll_seconds'
ctl status >"$WORK/err" 2>&1 && fail "a bad configuration is good enough for status"
grep -q 'mingpian.cfg:[0-9]*' "$WORK/err" || fail "status says nothing of the line"
echo "all said"
