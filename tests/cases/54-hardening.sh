#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: the programs are built with all that makes a fault in them harder to use: position independent, tables
# read-only after start, no stack that can be run, jumps and returns checked, stacks and copies guarded,
# variables never uninitialised. And the AppArmor profile can be parsed, where its parser is.
set -u
. "$(dirname "$0")/../lib/servers.sh"
nm "$BUILD/mingpiand" | grep -qE "__(asan|tsan)_init" && skip "a sanitizer's build is hardened in another way"

for program in mingpiand mingpianctl mingpian-parse; do
	file=$BUILD/$program
	readelf -hW "$file" | grep -q 'Type: *DYN (Position-Independent' || fail "$program is no PIE"
	dynamic=$(readelf -dW "$file")
	grep -q 'FLAGS_1.*NOW' <<<"$dynamic" || fail "$program: symbols are bound late"
	grep -q TEXTREL <<<"$dynamic" && fail "$program: its code is written to at its start"
	headers=$(readelf -lW "$file")
	grep -q GNU_RELRO <<<"$headers" || fail "$program: no RELRO"
	grep -qE 'GNU_STACK .* RW ' <<<"$headers" || fail "$program: its stack can be run"
	# The whole program is not marked so: Debian's start files (Scrt1.o) are not.
	if [ "$(uname -m)" = x86_64 ]; then
		[ "$(objdump -d --no-show-raw-insn "$file" | grep -c endbr64)" -gt 200 ] || fail "$program: its jumps have no landing places"
	fi
	symbols=$(readelf --dyn-syms -W "$file")
	grep -q __stack_chk_fail <<<"$symbols" || fail "$program: no stack protector"
	grep -qE '__(memcpy|snprintf|vsnprintf)_chk' <<<"$symbols" || fail "$program: copies are not guarded"
	flags=$(readelf --debug-dump=info "$file" 2>/dev/null | grep -m1 -o 'DW_AT_producer.*')
	for flag in -ftrivial-auto-var-init=zero -fcf-protection -fstack-clash-protection -fstack-protector-strong -std=c17; do
		grep -qe "$flag" <<<"$flags" || fail "$program: not built with $flag: $flags"
	done
done
if command -v apparmor_parser >/dev/null; then
	apparmor_parser -QK "$TOP/systemd/mingpian.apparmor" 2>/dev/null || fail "AppArmor does not understand its profile"
fi
