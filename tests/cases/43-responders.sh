#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: with real responders at both ends all is silent within one exchange. Dovecot's Sieve answers vacations in our
# own mailbox and in the applicant's, forwards our replies back to us, sends them over a list that we are on, and
# refuses them; each applicant gets one reply of ours, and no more however often we look.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
. "$(dirname "$0")/../lib/dialogue.sh"
compgen -G '/usr/lib/dovecot/modules/lib*sieve_plugin.so' >/dev/null || skip "no Sieve for Dovecot here: make deps installs it"
case_begin

# What Sieve sends goes straight into the mailboxes, and is counted.
cat >"$WORK/sendmail" <<-END
	#!/bin/bash
	while [ "\$1" != -- ]; do [ "\$1" = -f ] && from=\$2; shift; done
	shift
	exec $PYTHON "$WORK/lmtp.py" "\$from" "\$@"
END
cat >"$WORK/lmtp.py" <<-'END'
	import smtplib, sys
	from pathlib import Path
	work = Path(sys.argv[0]).parent
	mail = sys.stdin.buffer.read()
	with open(work / "responders.log", "a") as log:
	    print(sys.argv[1], "->", *sys.argv[2:], file=log)
	with smtplib.LMTP("127.0.0.1", int((work / "lmtp.port").read_text())) as lmtp:
	    lmtp.sendmail("" if sys.argv[1] == "<>" else sys.argv[1], sys.argv[2:], mail)
END
chmod 755 "$WORK/sendmail"
DOVECOT_MORE="sendmail_path = $WORK/sendmail
protocol lmtp {
  mail_plugins = sieve
}
plugin {
  sieve = file:~/sieve;active=~/active.sieve
  sieve_extensions = +editheader
  sieve_vacation_min_period = 0
}"
servers_start "$WORK"
echo "$LMTP_PORT" >"$WORK/lmtp.port"
: >"$WORK/responders.log" && : >"$WORK/smtp.log"
chmod 666 "$WORK/responders.log"
config_write "$WORK"
sed -i 's/closes = "[^"]*"/closes = "2035-12-31"/' "$WORK/mingpian.cfg"

# sieve USER: its script, from standard input.
sieve() {
	mkdir -p "$WORK/mail/$1" && cat >"$WORK/mail/$1/active.sieve" || fail "$1: no script"
	[ "$(id -u)" != 0 ] || chown -R nobody:nogroup "$WORK/mail/$1"
}
vacation='require "vacation"; vacation :days 1 :addresses ["%s"] :subject "自动回复" "本人休假，请稍候。";'
# shellcheck disable=SC2059
printf "$vacation" maruijuan@miit-icdc.org | sieve maruijuan
# shellcheck disable=SC2059
printf "$vacation" away@test.example | sieve away
echo 'redirect "maruijuan@miit-icdc.org";' | sieve forwarder
echo 'require "editheader"; addheader "List-Id" "<all.list.example>"; redirect "maruijuan@miit-icdc.org";' | sieve list
echo 'require "reject"; reject "no such person";' | sieve gone

# deliver FROM FILE: a mail to our mailbox, as a mail system brings it.
deliver() { $PYTHON "$WORK/lmtp.py" "$1" maruijuan@miit-icdc.org <"$2" || fail "not delivered: $2"; }
n=0
for who in away forwarder list gone; do
	n=$((n + 1))
	from=$who@test.example more=X-Mailer:\ test
	[ $who != list ] || from=member@test.example more="Reply-To: list@test.example"
	form_mail "$from" "$(sed -n ${n}p <<<$'江苏省苏州市昆山市\n江苏省苏州市常熟市\n江苏省苏州市张家港市\n江苏省苏州市太仓市')" \
		2331000 "<$who@test.example>" "$more" >"$WORK/$who.eml"
	deliver "$from" "$WORK/$who.eml"
done
once
sent() { jq -s '[.[] | select(.ev == "data") | .to[]] | sort | join(" ")' "$WORK/smtp.log"; }
want='"away@test.example forwarder@test.example gone@test.example list@test.example"'
[ "$(sent)" = "$want" ] || fail "not one reply each: $(sent)"
settled=
for round in 1 2 3; do
	once
	[ "$(sent)" = "$want" ] || fail "round $round: we talk with machines: $(sent)"
	[ $round = 1 ] || [ "$(wc -l <"$WORK/responders.log")" = "$settled" ] || fail "round $round: they still talk: $(cat "$WORK/responders.log")"
	settled=$(wc -l <"$WORK/responders.log")
done
# They did answer: else nothing was proved. Each applicant by our own vacation, and our replies by the four but away,
# whose responder knows a machine's mail.
for line in 'forwarder@test.example' 'maruijuan@miit-icdc.org -> maruijuan@miit-icdc.org'; do
	grep -q -- "$line" "$WORK/responders.log" || fail "no responder spoke: $(cat "$WORK/responders.log")"
done
[ "$(ctl log --event left --json | jq -r .disposition | sort -u)" = ignored ] || fail "what came back counts as something: $(ctl log)"
[ "$(ctl list --json | jq -r .revision | sort -u)" = 1 ] || fail "a form of ours came back as a revision"
[ "$(ctl list --json | wc -l)" = 4 ] || fail "$(ctl list)"
ctl verify >/dev/null || fail "not whole"
