# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Cases that talk with the program: a mail in, a run, our reply in the applicant's hand, an answer.

MINUTE=0

applicant() { $PYTHON "$LIB/applicant.py" "$@"; }
once() { "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || fail "a run: $(cat "$WORK/err")"; }

# put FILE…: they arrive, a minute apart.
put() {
	local file
	for file; do
		MINUTE=$((MINUTE + 1))
		printf '2022-06-10T%02d:%02d:00+08:00 %s\n' $((10 + MINUTE / 60)) $((MINUTE % 60)) "$file"
	done >"$WORK/put"
	mails_put maruijuan <"$WORK/put" || fail "not put: $*"
}

# tell FILE…: they arrive, and one run takes them in.
tell() {
	put "$@"
	once
}

# newest RECEIPT: "state revision phone", as the register has it.
newest() { ctl show "$1" --json | jq -r '.state + " " + (.revision | tostring) + " " + .revisions[-1].form.phone'; }

# reply_to ADDRESS FILE: the last mail that we sent there.
reply_to() {
	local hash
	hash=$(ctl log --event queued --json | jq -r .message | while read -r hash; do
		grep -qiE "^To: .*$1" "$WORK/spool/mail/${hash:0:2}/$hash.eml" && echo "$hash"
	done | tail -n 1)
	[ "$hash" ] || fail "nothing went to $1"
	cp "$WORK/spool/mail/${hash:0:2}/$hash.eml" "$2"
}

# replies_to ADDRESS: how many mails the server took from us for it.
replies_to() { jq -s --arg to "$1" '[.[] | select(.ev == "data" and (.to | index($to)))] | length' "$WORK/smtp.log"; }
