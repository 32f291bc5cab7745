# shellcheck shell=bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Private mail servers for a case: Dovecot (IMAP, LMTP) and smtpd.py (SMTP), on ports of 127.0.0.1 that
# the system chose, with a CA of their own. For root and for ordinary users alike.
#
#	. tests/lib/servers.sh
#	case_begin                  # WORK: a folder of this case's own, gone at its end (KEEP=1: kept)
#	servers_start "$WORK"       # maruijuan (secret1), dongwenyan (secret2)
#	config_write "$WORK"        # $WORK/mingpian.cfg for these servers, spool in $WORK/spool
#	mail_put maruijuan mail.eml 2022-06-10T10:05:00+08:00
#
# All that was started ends with the script, however that ends. Where servers are missing the case is
# skipped (exit 77, its last line says why).

PYTHON=/usr/bin/python3 # Debian's: it has aiosmtpd
LIB=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$LIB/../.." && pwd)
: "${BUILD:=build}"
case $BUILD in /*) ;; *) BUILD=$TOP/$BUILD ;; esac

# In a build with ASan: the libraries of tests/fault come before its own.
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0

SERVERS='' # the folder, while they run
: "${DOVECOT_MORE:=}" # further lines of Dovecot's configuration, set before servers_start
DOVECOT_PID='' SMTPD_PID=''
IMAP_PORT='' IMAPS_PORT='' LMTP_PORT='' SMTP_PORT='' SMTPS_PORT=''

# fail TEXT: end the case.
fail() {
	echo "FAIL: $*" >&2
	exit 1
}

# skip TEXT: end the case as one that cannot be run here.
skip() {
	echo "$*"
	exit 77
}

case_begin() {
	WORK=$(mktemp -d "${TMPDIR:-/tmp}/mp-XXXXXX") || exit 1
	trap case_end EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

case_end() {
	servers_stop
	local crashed=
	[ ! -s "$WORK/crashes" ] || crashed=$(cat "$WORK/crashes")
	if [ "${KEEP:-}" ]; then echo "kept: $WORK" >&2; else rm -rf "$WORK"; fi
	[ -z "$crashed" ] || fail "$crashed"
}

# ctl WORD…: mingpianctl with the case's configuration. That it was killed by a fault of its own fails the case, also where
# only "it must refuse" is asked, or a pipe hides its status.
ctl() {
	local status=0
	"$BUILD/mingpianctl" -c "$WORK/mingpian.cfg" "$@" || status=$?
	case $((status - 128)) in
	4 | 6 | 7 | 8 | 11 | 31) echo "mingpianctl $*: killed by signal $((status - 128))" >>"$WORK/crashes" ;;
	esac
	return $status
}

# Debian's jq 1.6 ends with 0 under -e where nothing came in: a command that said nothing had said what was asked.
jq() {
	local said status=0
	case $1 in
	-e | -se | -es)
		said=$(command jq "$@") || status=$?
		[ -z "$said" ] || printf '%s\n' "$said"
		[ -n "$said" ] || [ "$status" != 0 ] || status=4
		return "$status"
		;;
	esac
	command jq "$@"
}

# index_dump FILE: the index as SQL, which is sure to hold something: two of them that are empty would be equal, too.
index_dump() { sqlite3 "file:$WORK/spool/index.db?mode=ro" .dump >"$1" && grep -q '^INSERT INTO arrivals' "$1"; }

# A certificate for localhost and 127.0.0.1, by a CA of our own.
certificates() (
	cd "$1" || exit 1
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj '/CN=test CA' \
		-keyout ca.key -out ca.pem -addext basicConstraints=critical,CA:TRUE 2>openssl.log &&
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost \
		-keyout key.pem -out request.pem 2>>openssl.log &&
	printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' >extensions &&
	openssl x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 \
		-extfile extensions -out cert.pem 2>>openssl.log
)

# Three ports that were free a moment ago.
free_ports() {
	$PYTHON -c '
import socket
sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
print(*(s.getsockname()[1] for s in sockets))'
}

# Dovecot gives up rights it does not have when an ordinary user runs it: so it is told to stay who it
# is, and not to chroot. A wrong password makes nobody wait here (no penalty). Root's Dovecot refuses to keep mail as root: nobody does.
dovecot_config() {
	local dir=$1 user group login internal internal_group
	if [ "$(id -u)" = 0 ]; then
		user=nobody group=nogroup login=dovenull internal=dovecot internal_group=dovecot
		chown nobody:nogroup "$dir/mail" || return 1
		chmod 711 "$dir" || return 1
	else
		user=$(id -un) group=$(id -gn)
		login=$user internal=$user internal_group=$group
	fi
	cat >"$dir/dovecot.conf" <<-END
		base_dir = $dir/run
		state_dir = $dir/state
		log_path = $dir/dovecot.log
		default_login_user = $login
		default_internal_user = $internal
		default_internal_group = $internal_group
		protocols = imap lmtp
		listen = 127.0.0.1
		mail_location = maildir:$dir/mail/%n
		mail_uid = $user
		mail_gid = $group
		first_valid_uid = $(id -u "$user")
		first_valid_gid = 0
		disable_plaintext_auth = no
		auth_mechanisms = plain login
		auth_failure_delay = 0
		ssl = yes
		ssl_cert = <$dir/cert.pem
		ssl_key = <$dir/key.pem
		passdb {
		  driver = passwd-file
		  args = $dir/passwd
		}
		userdb {
		  driver = static
		  args = uid=$user gid=$group home=$dir/mail/%n allow_all_users=yes
		}
		service imap-login {
		  chroot =
		  inet_listener imap {
		    port = $IMAP_PORT
		  }
		  inet_listener imaps {
		    port = $IMAPS_PORT
		    ssl = yes
		  }
		}
		service anvil {
		  chroot =
		  unix_listener anvil-auth-penalty {
		    mode = 0
		  }
		}
		service stats {
		  chroot =
		}
		service lmtp {
		  inet_listener lmtp {
		    port = $LMTP_PORT
		  }
		}
		mail_max_userip_connections = 50
		$DOVECOT_MORE
	END
}

# await SECONDS COMMAND…: until it succeeds; SLOW times as long.
await() {
	local end=$((SECONDS + $1 * ${SLOW:-1}))
	shift
	until "$@" >/dev/null 2>&1; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.1
	done
}

port_answers() { exec 3<>"/dev/tcp/127.0.0.1/$1" && exec 3>&-; } 2>/dev/null

dovecot_answers() {
	runs "$DOVECOT_PID" && (port_answers "$IMAPS_PORT") && (port_answers "$LMTP_PORT")
}

# Another case may take a port between our look and Dovecot's: then other ports are tried.
dovecot_start() {
	local dir=$1 try
	for try in 1 2 3 4 5; do
		read -r IMAP_PORT IMAPS_PORT LMTP_PORT < <(free_ports)
		dovecot_config "$dir" || return 1
		# -F: a daemon of its own would keep our standard output, and outlive us
		dovecot -F -c "$dir/dovecot.conf" </dev/null >"$dir/dovecot.out" 2>&1 &
		DOVECOT_PID=$!
		if await 10 dovecot_answers; then return 0; fi
		stop_process "$DOVECOT_PID"
		DOVECOT_PID=
		grep -qs 'Address already in use' "$dir/dovecot.log" "$dir/dovecot.out" || break
	done
	echo "dovecot does not start (try $try):" >&2
	cat "$dir/dovecot.out" "$dir/dovecot.log" >&2
	return 1
}

# smtpd_start DIR: also after a stop, to be seen anew (other ports: write the configuration again).
smtpd_start() {
	local dir=$1 word
	: >"$dir/smtpd.out"
	$PYTHON "$LIB/smtpd.py" "$dir" "$LMTP_PORT" </dev/null >"$dir/smtpd.out" 2>"$dir/smtpd.err" &
	SMTPD_PID=$!
	if ! await 15 grep -q READY "$dir/smtpd.out"; then
		echo "smtpd.py does not start:" >&2
		cat "$dir/smtpd.err" >&2
		return 1
	fi
	read -r word SMTP_PORT SMTPS_PORT <"$dir/smtpd.out"
	[ "$word" = READY ]
}

# Come back on the ports that they had. smtpd_again PORT: of LMTP, to hand on to; 0: nothing is handed on.
dovecot_again() {
	dovecot -F -c "$SERVERS/dovecot.conf" </dev/null >>"$SERVERS/dovecot.out" 2>&1 &
	DOVECOT_PID=$!
	await 20 dovecot_answers
}
smtpd_again() {
	: >"$SERVERS/smtpd.out"
	$PYTHON "$LIB/smtpd.py" "$SERVERS" "$1" "$SMTP_PORT" "$SMTPS_PORT" </dev/null >"$SERVERS/smtpd.out" 2>>"$SERVERS/smtpd.err" &
	SMTPD_PID=$!
	await 20 grep -q READY "$SERVERS/smtpd.out"
}

# A child that ended and was not waited for still answers kill -0; the shell knows better.
runs() { [[ " $(jobs -rp | tr '\n' ' ')" == *" $1 "* ]]; }

# stop_process PID: told to end, and killed if it does not within 5 s. No leftover, no noise.
stop_process() {
	local i
	[ "$1" ] || return 0
	kill "$1" 2>/dev/null
	for ((i = 0; i < 100; i++)); do
		runs "$1" || break
		sleep 0.05
	done
	kill -9 "$1" 2>/dev/null
	wait "$1" 2>/dev/null
	return 0
}

# servers_start DIR: DIR gets their files; sets IMAP_PORT (STARTTLS), IMAPS_PORT, LMTP_PORT,
# SMTP_PORT (STARTTLS), SMTPS_PORT, CA_FILE.
servers_start() {
	local dir=$1
	PATH=$PATH:/usr/sbin:/sbin
	command -v dovecot >/dev/null || skip "no Dovecot here: make deps installs it"
	$PYTHON -c 'import aiosmtpd' 2>/dev/null || skip "no aiosmtpd here: make deps installs it"
	[ ${#dir} -le 60 ] || fail "$dir: too long a name for Unix sockets in it"
	umask 022
	mkdir -p "$dir/run" "$dir/state" "$dir/mail" || fail "no folder for the servers"
	certificates "$dir" || fail "no certificate: see $dir/openssl.log"
	printf '%s\n' 'maruijuan:{PLAIN}secret1' 'dongwenyan:{PLAIN}secret2' >"$dir/passwd"
	SERVERS=$dir CA_FILE=$dir/ca.pem
	dovecot_start "$dir" || fail "no IMAP server"
	smtpd_start "$dir" || fail "no SMTP server"
}

servers_stop() {
	stop_process "$SMTPD_PID"
	stop_process "$DOVECOT_PID"
	SMTPD_PID='' DOVECOT_PID='' SERVERS=''
}

password_of() {
	sed -n "s/^$1:{PLAIN}//p" "$SERVERS/passwd"
}

# imap USER COMMAND…: see imap.py.
imap() {
	local user=$1
	shift
	$PYTHON "$LIB/imap.py" "$IMAPS_PORT" "$CA_FILE" "$user" "$(password_of "$user")" "$@"
}

# mail_put USER FILE RFC3339 [FOLDER]: the mail is there, received at that time (IMAP APPEND sets it).
mail_put() {
	imap "$1" append "$2" "$3" "${4:-INBOX}"
}

# mails_put USER: many in one go: lines `RFC3339 FILE` on standard input.
mails_put() {
	imap "$1" put
}

# faults JSON: what smtpd.py does wrong from now on; {} for nothing.
faults() {
	printf '%s\n' "$1" >"$SERVERS/faults.new" && mv "$SERVERS/faults.new" "$SERVERS/faults.json"
}

# One mailbox of the configuration: NAME IMAP_URL SMTP_URL.
config_mailbox() {
	cat <<-END
		  { address = "$1@miit-icdc.org"; contact = "联系人：测试，电话：010-00000000";
		    imap: { url = "$2"; user = "$1"; password_file = "imap-$1"; ca_file = "$CA_FILE"; poll_seconds = 5; };
		    smtp: { url = "$3"; user = "$1"; password_file = "smtp-$1"; ca_file = "$CA_FILE"; }; }
	END
}

# Half a day from now, as the campaign's zone counts: no case meets a digest that it did not ask for.
digest_time() { TZ=Asia/Shanghai date -d '+12 hours' +%H:%M; }

# config_write DIR [LINE…]: DIR/mingpian.cfg for the servers that run, with password files; further
# lines go to its end. One mailbox has TLS from the start, the other STARTTLS.
config_write() {
	local dir=$1 user
	shift
	for user in maruijuan dongwenyan; do
		(umask 077 && password_of $user | tee "$dir/imap-$user" >"$dir/smtp-$user") || fail "no password files"
	done
	{
		cat <<-END
			campaigns: ( { name = "2022"; form = "$TOP/config/form.cfg"; since = "2022-05-01";
			  deadline = "2022-06-30"; closes = "2022-12-31"; keep_until = "2035-12-31";
			  receipt_prefix = "CYMP-2022-"; } );
			own: { name = "工业和信息化部工业文化发展中心"; domains = ["miit-icdc.org"];
			  trusted_authserv_id = "mx.miit-icdc.org"; };
			spool: { dir = "$dir/spool"; };
			mailboxes: (
			$(config_mailbox maruijuan "imaps://127.0.0.1:$IMAPS_PORT" "smtps://127.0.0.1:$SMTPS_PORT"),
			$(config_mailbox dongwenyan "imap://127.0.0.1:$IMAP_PORT" "smtp://127.0.0.1:$SMTP_PORT")
			);
			digest: { at = "$(digest_time)"; from = "maruijuan@miit-icdc.org"; to = ["dongwenyan@miit-icdc.org"]; };
			replies: { since = "2022-05-01"; };
			templates = "$TOP/config/templates";
		END
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >"$dir/mingpian.cfg" || fail "no configuration"
}
