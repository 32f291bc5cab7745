#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: on a kernel that lacks Landlock, seccomp or no_new_privs the daemon does not start while sandbox is "required",
# and says which and what to do; doctor shows it; with sandbox = "off" it does its work, and doctor says what that
# means. Such a kernel is simulated by a filter (tests/tools/without.c). On this one nothing lacks.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
nm "$BUILD/mingpiand" | grep -qE '__(asan|tsan)_init' && skip "a sanitizer's run time cannot live in the cage"
[ "$(id -u)" = 0 ] || skip "a filter without no_new_privs needs root"
case_begin
servers_start "$WORK"
config_write "$WORK"
without() { "$BUILD/tools/without" "$@"; }
form_mail good@example.org 江苏省苏州市常熟市 13800138000 >"$WORK/good.eml"
mail_put maruijuan "$WORK/good.eml" 2022-06-10T10:00:00+08:00 || fail "not put"

mkdir -m 700 "$WORK/spool"
"$BUILD/mingpianctl" -c "$WORK/mingpian.cfg" doctor --offline >"$WORK/out" 2>&1 || fail "doctor: $(cat "$WORK/out")"
for what in 'Landlock, version [1-9]' seccomp no_new_privs 'limits of a process'; do
	grep -qE "^(ok|note) +kernel: $what" "$WORK/out" || fail "no word of $what: $(cat "$WORK/out")"
done

# lacks WHAT WORDS: refused, told by both.
lacks() {
	local got=0
	without "$1" "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || got=$?
	[ $got = 71 ] || fail "without $1 the daemon ends with $got: $(cat "$WORK/err")"
	grep -qE "$2" "$WORK/err" || fail "without $1: '$2' is not said: $(cat "$WORK/err")"
	grep -qs '"event":"recorded"' "$WORK"/spool/log/*.jsonl && fail "without $1 it took a mail in"
	got=0
	without "$1" "$BUILD/mingpianctl" -c "$WORK/mingpian.cfg" doctor --offline >"$WORK/out" 2>&1 || got=$?
	[ $got = 78 ] || fail "without $1 doctor ends with $got: $(cat "$WORK/out")"
	grep -q "^wrong  kernel: $3" "$WORK/out" || fail "doctor does not say that $3 lacks: $(cat "$WORK/out")"
	grep '^wrong' "$WORK/out" | grep -vE "kernel: $3|the parser answers, in its sandbox|models: " && fail "without $1 doctor finds more"
}
lacks landlock 'no Landlock, and sandbox is "required".*sandbox = "off"' Landlock
lacks seccomp 'filter of system calls' seccomp
lacks no_new_privs 'giving up privileges' no_new_privs

# The parser itself, alone: it says what is wider, or does not begin.
without landlock "$BUILD/mingpian-parse" "$WORK/good.eml" >"$WORK/out" 2>"$WORK/err" || fail "the parser: $(cat "$WORK/err")"
grep -q 'no Landlock' "$WORK/err" || fail "it does not say that files are not shut: $(cat "$WORK/err")"
without seccomp "$BUILD/mingpian-parse" "$WORK/good.eml" >"$WORK/out" 2>"$WORK/err" && fail "the parser reads a mail without its filter"
[ -s "$WORK/out" ] && fail "it printed: $(cat "$WORK/out")"

sed -i '$a sandbox = "off";' "$WORK/mingpian.cfg"
without landlock "$BUILD/mingpiand" -c "$WORK/mingpian.cfg" --once 2>"$WORK/err" || fail "sandbox off: $(cat "$WORK/err")"
grep -q '"event":"recorded"' "$WORK"/spool/log/*.jsonl || fail "sandbox off, and nothing is recorded"
"$BUILD/mingpianctl" -c "$WORK/mingpian.cfg" doctor --offline 2>&1 | grep -q '^note .*it is off' || fail "doctor does not say that it is off"
