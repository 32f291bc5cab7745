#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: half a spool from a backup. What no line names is set aside and never removed, told by journal, log and
# status, with what to do; a log older than what our replies told is refused; a newer log brings its files back;
# what only a file holds is taken in by hand. Nothing is answered twice.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
once() {
	local want=$1 status=0
	"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/once" || status=$?
	[ "$status" = "$want" ] || fail "exit $status, should be $want: $(cat "$WORK/once")"
}
put() {
	form_mail "p$1@example.org" "$2" 13800138000 >"$WORK/$1.eml"
	mail_put maruijuan "$WORK/$1.eml" 2022-06-10T10:00:00+08:00 || fail "not put"
}
recorded() { ctl log --event recorded --json | jq -r .message | sort -u | wc -l; }
answers() { grep -c '"ev": "data".*example.org' "$WORK/smtp.log"; }
kept() { find "$WORK/spool/unnamed" -type f 2>/dev/null | wc -l; }
of() { sha256sum <"$WORK/$1.eml" | cut -c1-64; }
path_of() { echo "mail/$(of "$1" | cut -c1-2)/$(of "$1").eml"; }

put 1 江苏省苏州市昆山市
once 0
cp -a "$WORK/spool" "$WORK/before"
put 2 江苏省苏州市常熟市
put 3 江苏省苏州市张家港市
once 0
[ "$(answers)" = 3 ] || fail "$(answers) answers"
cp -a "$WORK/spool" "$WORK/after"
one=$(of 2) two=$(path_of 3)

# The log of before, the files of after: a reply among them tells of a later line. Nothing is touched, and to
# make the index anew is no way round.
rm -rf "$WORK"/spool/log "$WORK"/spool/index.db*
cp -a "$WORK/before/log" "$WORK/spool/"
once 70
grep -q 'a mail of ours that tells of line .* restored' "$WORK/once" || fail "not said: $(cat "$WORK/once")"
ctl rebuild 2>"$WORK/out" && fail "rebuild went round it"
grep -q 'tells of line' "$WORK/out" || fail "rebuild: $(cat "$WORK/out")"
[ -f "$WORK/spool/$two" ] && [ "$(kept)" = 0 ] || fail "files were moved"

# The newer log put back: as if nothing had been.
rm -rf "$WORK"/spool/log "$WORK"/spool/index.db*
cp -a "$WORK/after/log" "$WORK/spool/"
once 0
ctl verify >/dev/null || fail "not whole: $(ctl verify)"
[ "$(recorded)" = 3 ] && [ "$(answers)" = 3 ] || fail "recorded $(recorded), answered $(answers)"

# Opened by a person's word. The mails are on the server still: recorded again, not answered; then the log
# stands for what was set aside, and the start after that has none of it.
rm -rf "$WORK"/spool/log "$WORK"/spool/index.db*
cp -a "$WORK/before/log" "$WORK/spool/"
# A word that is refused opens nothing: the service manager starts the daemon again in the meantime.
ctl restored --receipts-from 1 --why 'too low' 2>"$WORK/out" && fail "numbers that were given out before"
grep -q 'numbers up to' "$WORK/out" || fail "restored: $(cat "$WORK/out")"
once 70
[ -f "$WORK/spool/$two" ] && [ "$(kept)" = 0 ] || fail "a refused word has moved files"
ctl restored --receipts-from 100 --why 'the log came from the backup' >/dev/null || fail "not opened"
[ "$(kept)" = 6 ] || fail "$(kept) files aside, should be two mails, two readings, two replies"
[ -f "$WORK/spool/unnamed/$one.eml" ] || fail "not under its name: $(ls "$WORK/spool/unnamed")"
[ "$(ctl log --event set_aside --json | jq -r .kept | sort -u | wc -l)" = 6 ] || fail "not logged: $(ctl log --event set_aside --json)"
ctl status >"$WORK/out" && fail "status is content"
grep -q 'wrong: 4 mails lie aside' "$WORK/out" || fail "status does not say it: $(cat "$WORK/out")"
once 0
[ "$(recorded)" = 3 ] && [ "$(answers)" = 3 ] || fail "recorded $(recorded), answered $(answers)"
once 0
[ ! -f "$WORK/spool/unnamed/$one.eml" ] || fail "what came again lies aside still"
ctl verify >/dev/null || fail "not whole: $(ctl verify)"

# The only copy: a mail file of a later day, no reply of ours with it, the server emptied by its owner.
rm -rf "$WORK/spool"
cp -a "$WORK/before" "$WORK/spool"
mkdir -p "$WORK/spool/$(dirname "$two")"
cp -a "$WORK/after/$two" "$WORK/spool/$two"
find "$WORK/mail/maruijuan" -path '*/cur/*' -type f -delete
find "$WORK/mail/maruijuan" -path '*/new/*' -type f -delete
once 0
grep -q '1 files that no line of the log names were set aside, the first is unnamed/' "$WORK/once" || fail "the journal does not tell: $(cat "$WORK/once")"
[ "$(kept)" = 1 ] && [ "$(recorded)" = 1 ] || fail "$(kept) aside, $(recorded) recorded"
ctl status >"$WORK/out" && fail "status is content"
file=$(sed -n 's/.*mingpianctl ingest \([^ ]*\) .*/\1/p' "$WORK/out")
cmp "$file" "$WORK/3.eml" || fail "status names no file to take in: $(cat "$WORK/out")"
once 0
[ "$(kept)" = 1 ] || fail "gone without a line"
ctl ingest "$file" --mailbox maruijuan@miit-icdc.org --received 2022-06-10T10:00:00+08:00 >/dev/null || fail "not taken in"
[ "$(recorded)" = 2 ] || fail "not recorded"
! ctl status | grep -q aside || fail "status: $(ctl status)"
once 0
[ "$(kept)" = 0 ] || fail "the log stands for it, and it lies aside still"
ctl verify >/dev/null || fail "not whole: $(ctl verify)"

# A mail that is missing, and its copy from the backup.
mv "$WORK/spool/$two" "$WORK/missing"
once 0
grep -q '1 files that the log names are not there' "$WORK/once" || fail "the journal does not tell: $(cat "$WORK/once")"
ctl status >"$WORK/out" && fail "status is content"
grep -q "the first is $two: put them back" "$WORK/out" || fail "status does not say it: $(cat "$WORK/out")"
ctl verify >"$WORK/out" && fail "verify is content"
mv "$WORK/missing" "$WORK/spool/$two"
ctl verify >/dev/null || fail "not whole: $(ctl verify)"
ctl status >/dev/null || fail "status: $(ctl status)"
