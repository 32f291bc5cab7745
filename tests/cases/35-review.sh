#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: what waits for a person is shown, and what the person decides is done, once, and logged with who and why:
# beside a running daemon and without one.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
once() { "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || fail "a run: $(cat "$WORK/err")"; }
sent_to() { grep -c "\"ev\": \"data\".*\"$1\"" "$WORK/smtp.log"; }
put() { mail_put maruijuan "$1" "$2" || fail "$1: not put"; }

form_mail a@example.org 江苏省苏州市昆山市 13800138000 '<1@x>' 'X-Auto-Response-Suppress: All' >"$WORK/1.eml"
form_mail b@example.net 江苏省苏州市昆山市 13900139000 >"$WORK/2.eml"
form_mail c@example.com 江苏省苏州市常熟市 2331000 >"$WORK/3.eml"
put "$WORK/1.eml" 2022-06-10T10:01:00+08:00
put "$WORK/2.eml" 2022-06-10T10:02:00+08:00
put "$WORK/3.eml" 2022-06-10T10:03:00+08:00
once
withheld=$(ctl review --json | jq -r 'select(.what == "withheld") | .item')
[ "$withheld" = CYMP-2022-0001.1 ] || fail "what waits: $(ctl review)"
[ "$(sent_to a@example.org)" = 0 ] || fail "withheld, and sent"
ctl review | grep -q CYMP-2022-0002 || fail "the conflict does not wait for a person"

# Refusals say why, and change nothing.
head=$(ctl status --json | jq .head_seq)
ctl review release "$withheld" 2>"$WORK/err" && fail "without a reason"
grep -q -- --why "$WORK/err" || fail "no word of the reason: $(cat "$WORK/err")"
ctl review release CYMP-2022-0009.1 --why x 2>"$WORK/err" && fail "released what is not there"
ctl review release CYMP-2022-0003.1 --why x 2>"$WORK/err" && fail "released what was sent"
grep -q 'is sent' "$WORK/err" || fail "no word of its state: $(cat "$WORK/err")"
ctl review accept CYMP-2022-0003 --set colour=red --why x 2>/dev/null && fail "set a field that is none"
ctl review join CYMP-2022-0002 --why x 2>/dev/null && fail "joined to nothing"
ctl review burn CYMP-2022-0002 --why x 2>/dev/null && fail "an act that is none"
[ "$(ctl status --json | jq .head_seq)" = "$head" ] || fail "a refusal is in the log"

# Without a daemon: the next run sends it.
ctl review release "$withheld" --why '是本人来信' || fail "not released"
once
[ "$(sent_to a@example.org)" = 1 ] || fail "released, and not sent"
ctl review release "$withheld" --why again 2>/dev/null && fail "released twice"
place() { ctl list --json | jq -r 'select(.receipt == "CYMP-2022-0003") | [.region, .region_code, .category] | join(" ")'; }
ctl review accept CYMP-2022-0003 --set region=江苏省苏州市 --why '来电更正' || fail "no region set"
[ "$(place)" = '江苏省苏州市 320500 prefecture' ] || fail "not the region that was set: $(place)"

# Beside a daemon: by its socket, at once.
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" 2>"$WORK/daemon.err" &
daemon=$!
await 10 test -S "$WORK/spool/control.sock" || fail "no control socket: $(cat "$WORK/daemon.err")"
ctl review accept CYMP-2022-0003 --set phone=0512-52331000 --why '电话核实' || fail "not accepted"
[ "$(ctl show CYMP-2022-0003 --json | jq -r '.state + " " + (.revision | tostring) + " " + .revisions[2].form.phone')" = \
	"accepted 3 0512-52331000" ] || fail "not as decided: $(ctl show CYMP-2022-0003 --json)"
ctl review accept CYMP-2022-0003 --set region=江苏省苏州市常熟市 --why '再来电' || fail "no region set by the daemon"
[ "$(place)" = '江苏省苏州市常熟市 320581 county' ] || fail "not the region that was set: $(place)"
ctl review join CYMP-2022-0002 --into CYMP-2022-0001 --why '同一单位' || fail "not joined"
[ "$(ctl show CYMP-2022-0001 --json | jq -r '.revisions[-1].form.phone')" = 13900139000 ] || fail "another value"
[ "$(ctl show CYMP-2022-0002 --json | jq -r .state)" = joined ] || fail "not joined"
ctl review dismiss CYMP-2022-0002 --why '重复' | grep -q 'brought to CYMP-2022-0001 stay there' || fail "no word of what stays"
ctl review dismiss CYMP-2022-0003 --why '来电撤回' || fail "not withdrawn"
[ "$(stat -c %a "$WORK/spool/control.sock")" = 600 ] || fail "the socket is open to others"
kill -TERM $daemon
wait $daemon || fail "the daemon ends with $?"
[ -e "$WORK/spool/control.sock" ] && fail "its socket has stayed"

# What no reply can be made to waits for a person, and holds up nothing: an address that no mail can go to, and
# values larger than a form may be.
big=$($PYTHON -c 'print("昆山" * 170000)')
form_mail d@example.org. 江苏省苏州市太仓市 13800138000 >"$WORK/4.eml"
{
	form_mail e@example.org 江苏省苏州市张家港市 2331000 | sed '/^牵头单位/,$d'
	printf '%s\r\n' "牵头单位：$big" "主导产业：电子信息" "特色产业：$big" "申请区域简介：$big" "联系人及职务：$big" "联系电话：2331000 $big"
} >"$WORK/5.eml"
form_mail f@example.org 江苏省无锡市江阴市 13800138000 >"$WORK/6.eml"
for n in 4 5 6; do put "$WORK/$n.eml" 2022-06-10T10:1$n:00+08:00; done
once
[ "$(ctl list --json | jq -r .state | tail -n 3 | sort | tr '\n' ' ')" = 'accepted accepted correction ' ] || fail "held up: $(ctl list)"
[ "$(ctl review --json | jq -r '.what + " " + .why' | sort -u)" = 'undecided unanswerable' ] || fail "nobody is told: $(ctl review)"
[ "$(ctl review --json | wc -l) $(sent_to f@example.org)" = '2 1' ] || fail "more waits, or less went out: $(ctl review)"

# Who and why are in the spool; the chain holds; the index is the same made anew.
[ "$(ctl log --event reviewed --json | wc -l)" = 7 ] || fail "not seven acts"
file=$(ctl log --event reviewed --json | head -n 1 | jq -r .decision)
jq -e '.why == "是本人来信" and (.by | startswith("'"$(id -un)"'"))' "$WORK/spool/read/${file:0:2}/$file.json" >/dev/null ||
	fail "the decision says nothing of who and why"
ctl verify || fail "not whole"
