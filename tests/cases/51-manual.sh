#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: the manual is true. The pages are clean for mandoc, name every option and command that the programs'
# --help names, and each of their examples, and README's chain, is run as it is printed, on a spool that a
# real run made. (Lines that begin with `$` are for everybody; with `#`, for the administrator: not run.)
set -u
. "$(dirname "$0")/../lib/servers.sh"
command -v mandoc >/dev/null || skip "no mandoc here: make deps installs it"
case_begin
cd "$TOP" || exit 1
mandoc -T lint -W warning docs/man/* || fail "the pages have faults"

page() { mandoc -T utf8 -O width=400 "$1" | sed 's/.\x08//g'; }

# What --help says stands in the page as well.
words=0
for program in mingpiand mingpianctl mingpian-parse; do
	page docs/man/$program.8 >"$WORK/page"
	while read -r word; do
		grep -qF -e "$word" "$WORK/page" || fail "$program(8) does not speak of $word"
		words=$((words + 1))
	done < <({ "$BUILD/$program" --help | grep -oE -- '--[a-z-]{2,}|^  [a-z]{4,} '; [ $program != mingpianctl ] ||
		for command in list show review log audit redact verify replay export doctor; do "$BUILD/$program" $command --help | grep -oE -- '--[a-z]{2,}'; done; } |
		tr -d ' ' | grep -v '^--help$' | sort -u)
done

[ $words -ge 60 ] || fail "only $words words of --help"

# Every key of the samples has its entry.
words=0
for file in mingpian form; do
	page docs/man/$file.cfg.5 >"$WORK/page"
	while read -r word; do
		grep -qw "$word" "$WORK/page" || fail "$file.cfg(5) does not speak of $word"
		words=$((words + 1))
	done < <(grep -oE '(^|[{;]) *[a-z_]+ *(=|:)' config/$file.cfg | tr -cd 'a-z_\n' | sort -u)
done
[ $words -ge 60 ] || fail "only $words keys"

servers_start "$WORK"
config_write "$WORK"
for dir in tests/mail/{001,007,017}-*/; do
	read -r received mailbox < <(jq -r '"\(.received) \(.mailbox)"' "$dir/expect.json")
	mail_put "${mailbox%@*}" "$dir/message.eml" "$received" || fail "$dir: not put"
done
"$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || fail "the run: $(cat "$WORK/err")"

# The examples, where they may stand: in the spool's folder, with a mail and a form file beside.
export BUILD CONFIG=$WORK/mingpian.cfg
mingpiand() { "$BUILD/mingpiand" -c "$CONFIG" "$@"; }
mingpianctl() { "$BUILD/mingpianctl" -c "$CONFIG" "$@"; }
mingpian-parse() { "$BUILD/mingpian-parse" "$@"; }
export -f mingpiand mingpianctl mingpian-parse
mkdir "$WORK/here"
cp tests/mail/001-docx-official/message.eml config/form.cfg "$WORK/here"
ln -s ../spool/log ../spool/mail ../spool/read "$WORK/here"
count=0
for file in docs/man/*; do
	while read -r command; do
		(cd "$WORK/here" && bash -o pipefail -c "$command") >"$WORK/out" 2>&1 </dev/null || fail "$file: $command: $(cat "$WORK/out")"
		[ -s "$WORK/out" ] || [[ $command == *--once || $command == *review || $command == *export* ]] ||
			fail "$file: $command: prints nothing"
		count=$((count + 1))
	done < <(page "$file" | sed -n 's/^ *\$ //p')
done
[ $count -ge 15 ] || fail "only $count examples found"

# The configuration of mingpian.cfg(5) is read.
mkdir "$WORK/short"
page docs/man/mingpian.cfg.5 | awk '/campaigns: \( \{ name/ { on = 1 } /Try it out/ { on = 0 } on' >"$WORK/short/mingpian.cfg"
cp -R config/form.cfg config/templates "$WORK/short"
"$BUILD/mingpianctl" -c "$WORK/short/mingpian.cfg" doctor --offline >"$WORK/out" 2>&1
grep -q 'configuration and form file' "$WORK/out" || fail "the shortest configuration: $(cat "$WORK/out")"

# README's recipe is docs/verify.md's; it says nothing of a whole chain, and names the line behind an edited one.
# shellcheck disable=SC2016 # the marks of a block
recipe() { sed -n '/^```sh$/,/^```$/p' "$1" | sed '/^```$/q' | sed '/^```/d'; }
recipe README.md >"$WORK/recipe"
recipe docs/verify.md | cmp - "$WORK/recipe" || fail "README and docs/verify.md show two recipes"
chain() { (cd "$WORK/spool" && sh "$WORK/recipe"); }
[ -z "$(chain 2>"$WORK/err")" ] || fail "README's recipe finds the chain broken: $(chain 2>&1)"
grep -qE '^head [0-9]+:[0-9a-f]{64}$' "$WORK/err" || fail "no head: $(cat "$WORK/err")"
sed -i '2s/"at":"20/"at":"21/' "$WORK"/spool/log/*.jsonl
[ "$(chain 2>/dev/null)" = "line 3 does not chain" ] || fail "an edited line is not found: $(chain 2>&1)"
echo "manual: $count examples"
