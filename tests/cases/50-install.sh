#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: `make install` gives a tree that runs: programs, samples, pages and unit are there, the installed parser
# finds its form file, the doctor is content with the installed sample once it is adapted, and what
# stands in /etc is never overwritten.
set -u
. "$(dirname "$0")/../lib/servers.sh"
case_begin
cd "$TOP" || exit 1
root=$WORK/root
install_all() { tests/install "$root" /usr "$BUILD" >"$WORK/install.log" || fail "install: $(cat "$WORK/install.log")"; }
install_all

for file in bin/mingpiand bin/mingpianctl bin/mingpian-parse share/mingpian/form.cfg share/mingpian/mingpian.cfg \
	share/mingpian/templates/accepted.txt share/man/man8/mingpiand.8 share/man/man5/mingpian-log.5 \
	share/mingpian/templates/audit/check.sh share/bash-completion/completions/mingpianctl share/zsh/vendor-completions/_mingpianctl \
	lib/systemd/system/mingpian.service lib/sysusers.d/mingpian.conf; do
	[ -s "$root/usr/$file" ] || fail "no /usr/$file"
done
grep -q '^ExecStart=/usr/bin/mingpiand ' "$root/usr/lib/systemd/system/mingpian.service" || fail "the unit starts another program"
for page in docs/man/*; do
	[ -s "$root/usr/share/man/man${page##*.}/${page##*/}" ] || fail "$page is not installed"
done

# The programs run from there.
for program in mingpiand mingpianctl mingpian-parse; do
	[ "$("$root/usr/bin/$program" --version)" = "$program $(cat VERSION)" ] || fail "$program is no $(cat VERSION)"
done
"$root/usr/bin/mingpian-parse" -c "$root/etc/mingpian/form.cfg" tests/mail/001-docx-official/message.eml >"$WORK/answer" ||
	fail "the installed parser fails"
[ "$(jq -r '.disposition + " " + .forms[0].region_code' "$WORK/answer")" = "accepted 320583" ] || fail "$(cat "$WORK/answer")"

# The sample as it is lacks its passwords, and the doctor says so; adapted, nothing is wrong.
etc=$root/etc/mingpian
mkdir -m 700 "$WORK/spool"
sed -i "s|\"/var/lib/mingpian\"|\"$WORK/spool\"|" "$etc/mingpian.cfg"
doctor() { "$root/usr/bin/mingpianctl" -c "$etc/mingpian.cfg" doctor --offline >"$WORK/doctor" 2>&1; }
doctor && fail "content without passwords"
grep -q imap-maruijuan "$WORK/doctor" || fail "no word of the password: $(cat "$WORK/doctor")"
for name in imap-maruijuan smtp-maruijuan imap-dongwenyan smtp-dongwenyan; do
	(umask 077 && echo secret >"$etc/$name")
done
doctor || fail "not content: $(cat "$WORK/doctor")"

# Installed again: what the operator changed stays, the sample beside it is new.
echo '# mine' >>"$etc/mingpian.cfg"
echo old >"$root/usr/share/mingpian/mingpian.cfg"
install_all
tail -n 1 "$etc/mingpian.cfg" | grep -q mine || fail "the operator's configuration was overwritten"
cmp config/mingpian.cfg "$root/usr/share/mingpian/mingpian.cfg" || fail "the sample is an old one"
