#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: the passwords are in the daemon's memory and nowhere else: not in the memory of the parser, in an argument,
# the environment, what is logged, kept, sent or told, nor in a core file, for there is none. And a server that
# speaks no TLS newer than 1.1 never hears one.
set -u
. "$(dirname "$0")/../lib/servers.sh"
. "$(dirname "$0")/../lib/mails.sh"
case_begin
servers_start "$WORK"
config_write "$WORK"
sed -i "\$a metrics = \"$WORK/spool/metrics.prom\";" "$WORK/mingpian.cfg"
for user in maruijuan dongwenyan; do
	form_mail "$user@example.org" 江苏省苏州市昆山市 13800138000 "<$user@test>" >"$WORK/$user.eml"
	mail_put $user "$WORK/$user.eml" 2022-06-10T10:00:00+08:00 || fail "not put"
done
mapfile -t secrets < <(for user in maruijuan dongwenyan; do
	password_of $user
	printf '\0%s\0%s' $user "$(password_of $user)" | base64 # as it goes over the wire
	printf '%s' "$(password_of $user)" | base64
done)
[ ${#secrets[@]} = 6 ] || fail "no passwords to look for"
printf '%s\n' "${secrets[@]}" >"$WORK/secrets"

# Where cores are wanted, and anybody may have them.
cat >"$WORK/start.py" <<'END'
import os, resource, sys
resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
work, program = sys.argv[1:]
pid = os.fork()
if pid == 0:
    os.chdir(work)
    os.dup2(os.open("err", os.O_WRONLY | os.O_CREAT, 0o600), 2)
    os.execv(program, [program, "-c", work + "/mingpian.cfg"])
open(work + "/pid", "w").write(str(pid))
status = os.waitpid(pid, 0)[1]
open(work + "/end", "w").write(f"{os.WTERMSIG(status)} {os.WCOREDUMP(status)}")
END
$PYTHON "$WORK/start.py" "$WORK" "$(realpath "$BUILD/mingpiand")" &
starter=$!
sent() { [ "$(grep -c '"event":"sent"' "$WORK"/spool/log/*.jsonl 2>/dev/null)" = 2 ]; }
await 60 sent || fail "not two replies: $(cat "$WORK/err")"
pid=$(cat "$WORK/pid")
mapfile -t parsers < <(pgrep -P "$pid")
[ ${#parsers[@]} -ge 1 ] || fail "no parser waits for the next mail"

for p in "$pid" "${parsers[@]}"; do
	tr '\0' '\n' <"/proc/$p/environ" | grep -qFf "$WORK/secrets" && fail "in the environment of $p"
	tr '\0' '\n' <"/proc/$p/cmdline" | grep -qFf "$WORK/secrets" && fail "in an argument of $p"
	grep -q '^Max core file size *0 *0 ' "/proc/$p/limits" || fail "$p may leave a core: $(grep core "/proc/$p/limits")"
done
for p in "${parsers[@]}"; do
	[ "$(tr '\0' '\n' <"/proc/$p/environ" | grep -c .)" -le 3 ] || fail "the parser has an environment: $(tr '\0' ' ' <"/proc/$p/environ")"
done

# Memory, page by page. That the daemon's holds them shows that this would find them.
holds() {
	$PYTHON - "$1" "$WORK/secrets" <<-'END'
		import sys
		found, secrets = set(), open(sys.argv[2], "rb").read().split()
		with open(f"/proc/{sys.argv[1]}/maps") as maps, open(f"/proc/{sys.argv[1]}/mem", "rb", 0) as mem:
		    for line in maps:
		        place, rights, _, _, inode, *name = line.split(maxsplit=5)
		        begin, end = (int(x, 16) for x in place.split("-"))
		        if rights[0] != "r" or (name and name[0].startswith("[v")):
		            continue
		        try:
		            mem.seek(begin)
		            data = mem.read(end - begin)
		        except OSError:
		            continue
		        found |= {s for s in secrets if s in data}
		print(len(found))
	END
}
if [ "$(id -u)" = 0 ] && ! nm "$BUILD/mingpiand" | grep -qE '__(asan|tsan)_init'; then
	[ "$(holds "$pid")" -ge 2 ] || fail "the daemon's own memory does not show them: this test sees nothing"
	for p in "${parsers[@]}"; do
		[ "$(holds "$p")" = 0 ] || fail "the parser's memory holds a password"
	done
fi

# All that is told and kept.
ctl status --json >"$WORK/told" 2>&1
for what in list log doctor 'digest --date 2022-06-10' 'show CYMP-2022-0001 --json'; do
	# shellcheck disable=SC2086 # words
	ctl $what >>"$WORK/told" 2>&1
done
ctl export "$WORK/told.xlsx" && unzip -p "$WORK/told.xlsx" >>"$WORK/told" || fail "no workbook"
kill -ABRT "$pid"
wait $starter
[ "$(cat "$WORK/end")" = '6 False' ] || fail "killed by SIGABRT it left a core: $(cat "$WORK/end")"
find "$WORK" -name 'core*' -size +0 | grep . && fail "a core file"
[ -s "$WORK/told" ] && [ -s "$WORK/err" ] && [ -s "$WORK/spool/metrics.prom" ] || fail "nothing to look through"
grep -rlaFf "$WORK/secrets" "$WORK/spool" "$WORK/told" "$WORK/err" && fail "a password is told or kept"

# An old server: it is asked for TLS 1.2, has none, and hears no more. This library would do with less.
cat >"$WORK/old.cnf" <<-'END'
	openssl_conf = all
	[all]
	ssl_conf = ssl
	[ssl]
	system_default = lax
	[lax]
	MinProtocol = TLSv1
	CipherString = DEFAULT:@SECLEVEL=0
END
old() { # VERSION
	port=$($PYTHON -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	OPENSSL_CONF=$WORK/old.cnf openssl s_server -accept "127.0.0.1:$port" "$1" -cert "$WORK/cert.pem" -key "$WORK/key.pem" \
		-cipher ALL:@SECLEVEL=0 -quiet </dev/null >"$WORK/heard" 2>&1 &
	server=$!
	await 10 bash -c "exec 3<>/dev/tcp/127.0.0.1/$port" 2>/dev/null || fail "no old server"
}
old -tls1_1
OPENSSL_CONF=$WORK/old.cnf openssl s_client -connect "127.0.0.1:$port" -CAfile "$WORK/ca.pem" </dev/null >"$WORK/out" 2>&1
grep -q 'Protocol *: TLSv1.1' "$WORK/out" || fail "the old server does not speak TLS 1.1: $(cat "$WORK/out")"
printf 'Subject: x\nMIME-Version: 1.0\n\nx\n' >"$WORK/plain.eml"
for probe in "imap_probe -o -c $CA_FILE imaps://127.0.0.1:$port maruijuan secret1" \
	"smtp_probe $CA_FILE smtps://127.0.0.1:$port maruijuan secret1 a@example.org $WORK/plain.eml b@example.org"; do
	# shellcheck disable=SC2086 # words
	OPENSSL_CONF=$WORK/old.cnf timeout 20 "$BUILD/tools/"$probe >"$WORK/out" 2>&1
	grep -qE '^(error )?tls ' "$WORK/out" || fail "${probe%% *} takes TLS 1.1: $(cat "$WORK/out")"
done
kill $server
grep -aqFf "$WORK/secrets" "$WORK/heard" && fail "the old server heard a password"
echo "nowhere else"
