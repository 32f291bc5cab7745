#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: the main job. All sample mails lie in two mailboxes; one run records each with the right values and
# answers who is owed an answer, once; a second run changes nothing; no mail is marked as read; the
# spool is whole by our word and by sha256sum's and jq's; the index can be made anew.
set -u
. "$(dirname "$0")/../lib/servers.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"

cases=("$TOP"/tests/mail/*/)
cases=("${cases[@]%/}")
for user in maruijuan dongwenyan; do
	for dir in "${cases[@]}"; do
		jq -r --arg user $user --arg file "$dir/message.eml" \
			'select(.mailbox | startswith($user + "@")) | "\(.received) \($file)"' "$dir/expect.json"
	done | mails_put $user || fail "$user: not put"
done
for user in maruijuan dongwenyan; do
	imap $user list >"$WORK/$user.before" && [ -s "$WORK/$user.before" ] || fail "$user: no list"
done

"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/first.err" || fail "the first run: $(cat "$WORK/first.err")"
$PYTHON "$LIB/check_run.py" "$WORK/spool" "$WORK/smtp.log" "${cases[@]}" || fail "not as it should be"

# Of private mail no bytes are kept; of one with a form they lie where we look.
kept() {
	local id
	id=$(sed 's/\r*$/\r/' "$TOP/tests/mail/$1/message.eml" | sha256sum | cut -d' ' -f1)
	[ -e "$WORK/spool/mail/${id:0:2}/$id.eml" ]
}
kept 001-docx-official || fail "it is looked for in the wrong place"
for name in 048-question 050-small-talk; do
	! kept $name || fail "$name: its bytes were kept"
done

# No person's address, name or number stands in the log: only hashes of the files that hold them.
for dir in "${cases[@]}"; do
	jq -r '[.expect.forms[]? | .contact, .phone] | .[] | strings' "$dir/expect.json"
	grep -aoiE -m1 '^From:.*' "$dir/message.eml" | grep -oE '[[:alnum:]._+-]+@[[:alnum:].-]+' | grep -v '@miit-icdc.org'
done | awk 'length >= 6' | sort -u >"$WORK/private"
[ "$(wc -l <"$WORK/private")" -gt 20 ] || fail "no names to look for"
grep -aFf "$WORK/private" "$WORK"/spool/log/*.jsonl && fail "a person stands in the log"

# A second run changes nothing and sends nothing.
cp "$WORK/smtp.log" "$WORK/smtp.first"
ctl log --json | grep -vE '"event":"(started|stopped)"' | jq -c 'del(.seq,.at,.prev)' >"$WORK/log.first"
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/second.err" || fail "the second run: $(cat "$WORK/second.err")"
cmp "$WORK/smtp.log" "$WORK/smtp.first" || fail "the second run sent something"
ctl log --json | grep -vE '"event":"(started|stopped)"' | jq -c 'del(.seq,.at,.prev)' | cmp - "$WORK/log.first" ||
	fail "the second run decided something"
for user in maruijuan dongwenyan; do
	imap $user list >"$WORK/$user.after" && cmp "$WORK/$user.after" "$WORK/$user.before" || fail "$user: flags have changed"
done

# Whole, by our word; and the index is the same made anew.
ctl verify || fail "not whole"
index_dump "$WORK/index.before" || fail "no index"
ctl rebuild >/dev/null || fail "no rebuild"
index_dump "$WORK/index.after" && cmp "$WORK/index.before" "$WORK/index.after" || fail "the index made anew is another one"
ctl verify >/dev/null || fail "not whole after a rebuild"

# Whole, by common tools: as the README shows.
(cd "$WORK/spool/log" && bash "$TOP/tests/lib/chain.sh") || fail "sha256sum and jq see another chain"
sed -i '0,/"mailbox":"m/s//"mailbox":"x/' "$WORK"/spool/log/*.jsonl
(cd "$WORK/spool/log" && bash "$TOP/tests/lib/chain.sh") >/dev/null 2>&1 && fail "an edited line was not found by hand"
ctl verify >"$WORK/verify.out" && fail "an edited line was not found"
echo "main job: ${#cases[@]} mails"
