# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Many generated mails at once, and the questions that all tests of a daemon under stress ask.
. "$(dirname "${BASH_SOURCE[0]}")/mails.sh"

# Regions, one a line, each another registration.
many_regions() {
	local town
	for town in 昆山 常熟 张家港 太仓; do echo "江苏省苏州市${town}市"; done
	for town in 江阴 宜兴; do echo "江苏省无锡市${town}市"; done
	for town in 海安 如皋 启东; do echo "江苏省南通市${town}市"; done
	for town in 义乌 东阳 兰溪 永康; do echo "浙江省金华市${town}市"; done
}

# many_mails DIR FIRST LAST: DIR/N.eml and DIR/put, a list for mails_put. All from senders of their own.
many_mails() {
	local dir=$1 n region
	local -a regions
	mapfile -t regions < <(many_regions)
	for ((n = $2; n <= $3; n++)); do
		region="${regions[n % ${#regions[@]}]}开发区第${n}产业园"
		form_mail "sender$n@example.org" "$region" "0512-$((50000000 + n))" "<many.$n@test>" >"$dir/$n.eml"
		printf '2022-06-10T10:%02d:%02d+08:00 %s\n' $((n / 60)) $((n % 60)) "$dir/$n.eml"
	done >"$dir/put"
}

# many_check COUNT: each recorded once and its reply sent once, but for what the log counts as unknown;
# the spool whole, the index the same made anew.
many_check() {
	local got unknown
	got=$(ctl log --event recorded --json | jq -r .message | sort | uniq -c | awk '$1 == 1' | wc -l)
	[ "$got" = "$1" ] || fail "$got mails recorded once, should be $1"
	[ "$(ctl log --event sent --json | jq -r '.reply | select(startswith("D-") | not)' | sort -u | wc -l)" = "$1" ] || fail "not all replies sent"
	unknown=$(ctl log --event unknown --json | wc -l)
	got=$(grep -c '"ev": "data"' "$WORK/smtp.log")
	[ "$got" -ge "$1" ] && [ "$got" -le $(($1 + unknown)) ] ||
		fail "the server took $got mails, should be $1, at most $unknown twice"
	got=$(find "$WORK/mail" -path '*/sender*/new/*' -type f -exec grep -hi -m1 '^message-id:' {} + | sort -u | wc -l)
	[ "$got" = "$1" ] || fail "$got Message-IDs for $1 replies"
	ctl verify || fail "not whole"
	index_dump "$WORK/index.before" || fail "no index"
	ctl rebuild >/dev/null || fail "no rebuild"
	index_dump "$WORK/index.after" && cmp "$WORK/index.before" "$WORK/index.after" || fail "the index made anew is another one"
	echo "$1 mails, $unknown unknown, $(($(grep -c '"ev": "data"' "$WORK/smtp.log") - $1)) sent twice"
}
