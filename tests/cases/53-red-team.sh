#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a library in the parser that is taken over gets nowhere. The red team (tests/tools/red_team.c) runs in the
# parser's place and tries every way out that it knows, one a mail: each is refused or kills the process, each
# is told to the operator, none harms the files that it went for, the daemon, or the mail behind it.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
red=$BUILD/tools/red_team
[ -x "$red" ] || fail "no $red: make build/tools/red_team"
case_begin
servers_start "$WORK"
config_write "$WORK" 'limits: { parse_seconds = 2; parse_memory_mb = 512; };'
mkdir "$WORK/bin"
cp "$BUILD/mingpiand" "$WORK/bin/"
cp "$red" "$WORK/bin/mingpian-parse"

# What it goes for: a password to read, a file to change.
echo untouched >"$WORK/spool.target"
mapfile -t ways < <("$red" --ways)
[ ${#ways[@]} -ge 40 ] || fail "only ${#ways[@]} ways"
for way in "${ways[@]}"; do
	name=${way% *} target=$WORK/spool.target
	[ "$name" = read-a-password ] && target=$WORK/imap-maruijuan
	form_mail "$name@example.org" 江苏省苏州市昆山市 13800138000 "<$name@test>" "X-Try: $name" "X-Path: $target" >"$WORK/$name.eml"
	echo "2022-06-10T10:00:00+08:00 $WORK/$name.eml"
done >"$WORK/put"
form_mail good@example.org 江苏省苏州市常熟市 13800138000 >"$WORK/good.eml"
echo "2022-06-10T10:00:01+08:00 $WORK/good.eml" >>"$WORK/put"
mails_put maruijuan <"$WORK/put" || fail "not put"

status=0
"$WORK/bin/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || status=$?
[ "$status" = 75 ] || fail "exit $status: $(cat "$WORK/err")"
grep ESCAPED "$WORK/err" && fail "a way out"
[ "$(cat "$WORK/spool.target")" = untouched ] && [ "$(stat -c %a "$WORK/spool.target")" = 644 ] || fail "its target was changed"
[ -e /tmp/mingpian-red-team ] && fail "it made a file"

# Each was told: killed, refused (by its own word, and by what came of it), out of time, or not believed.
killed='asked for a system call that its cage forbids'
for way in "${ways[@]}"; do
	name=${way% *}
	case ${way#* } in
	killed) grep -q "$killed.*$name: trying" "$WORK/err" ;;
	refused) grep -q "$name: refused" "$WORK/err" ;;
	signal) grep -q "killed by signal.*$name: trying" "$WORK/err" ;;
	timeout) grep -qE '(no answer in|used up its processor time)' "$WORK/err" ;;
	forged) true ;; # held, below
	*) false ;;
	esac || fail "$way: not told: $(grep "$name" "$WORK/err")"
done
[ "$(ctl log --event held --json | wc -l)" = ${#ways[@]} ] || fail "$(ctl log --event held --json | wc -l) are held, not ${#ways[@]}"
[ "$(ctl list --json | jq -r .sender)" = good@example.org ] || fail "recorded: $(ctl list --json)"
ctl verify || fail "not whole"
echo "${#ways[@]} ways out, all shut"
