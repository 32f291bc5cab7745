#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: a department sends 120 forms in one thread in an afternoon: one run records each as a registration of its
# own and answers each once, no cap in the way; in that thread a mended form finds its registration by its region,
# and a value without a form, that several fit, goes to staff.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
. "$(dirname "$0")/../lib/dialogue.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
from=gxt@henan.test.example

# Counties with their cities' names; every twelfth has a phone without an area code.
awk -F'\t' '{ name[$1] = $2 } $3 == "county" && $1 ~ /^41/ && $5 == "" && n < 120 {
	n++; print "河南省" name[substr($1, 1, 4) "00"] $2 }' "$TOP/parsers/data/divisions.tsv" >"$WORK/regions"
[ "$(wc -l <"$WORK/regions")" = 120 ] || fail "only $(wc -l <"$WORK/regions") counties"
n=0
while read -r region; do
	n=$((n + 1))
	phone=0371-65507575
	[ $((n % 12)) = 0 ] && phone=65507575
	form_mail $from "$region" $phone "<$n@henan.test.example>" 'In-Reply-To: <1@henan.test.example>' \
		'References: <0@henan.test.example> <1@henan.test.example>' >"$WORK/$n.eml"
done <"$WORK/regions"
begin=$SECONDS
tell "$WORK"/{1..120}.eml
echo "120 forms: $((SECONDS - begin)) s"
[ "$(ctl list --json | wc -l)" = 120 ] || fail "$(ctl list --json | wc -l) registrations"
[ "$(ctl list --json | jq -r 'select(.revision == 1) | .receipt' | sort -u | wc -l)" = 120 ] || fail "not each its own"
[ "$(ctl list --json | jq -r .state | sort | uniq -c | tr -s ' \n' ' ')" = ' 110 accepted 10 correction ' ] ||
	fail "states: $(ctl list --json | jq -r .state | sort | uniq -c)"
[ "$(replies_to $from)" = 120 ] || fail "$(replies_to $from) replies"
[ -z "$(ctl review --json)" ] || fail "something waits: $(ctl review)"
once
[ "$(replies_to $from)" = 120 ] || fail "the second run sent something"

# One of the ten, mended, in answer to the reply to another one.
region=$(sed -n 24p "$WORK/regions")
receipt=$(ctl list --json | jq -r --arg region "$region" 'select(.region == $region) | .receipt')
form_mail $from "$region" 0371-65507575 '<m@henan.test.example>' 'In-Reply-To: <mingpian.CYMP-2022-0001.1@miit-icdc.org>' >"$WORK/m.eml"
applicant mail "$WORK/v.eml" $from '联系电话：0371-65507575' --header 'In-Reply-To: <mingpian.CYMP-2022-0036.1@miit-icdc.org>'
tell "$WORK/m.eml" "$WORK/v.eml"
[ "$(newest "$receipt")" = 'accepted 2 0371-65507575' ] || fail "mended: $(newest "$receipt")"
[ "$(ctl list --json | jq -r 'select(.revision != 1) | .receipt')" = "$receipt" ] || fail "a value without a form found a registration"
[ "$(ctl review --json | jq -r .why)" = values_unplaced ] || fail "nobody is asked: $(ctl review)"
ctl verify >/dev/null || fail "not whole"
