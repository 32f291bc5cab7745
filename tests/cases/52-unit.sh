#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: the unit as it is shipped, run by a real systemd, does the main job: each directive is in force, and none
# breaks the program. Mails of every kind, scans among them, are recorded and answered by truth; the
# passwords come by LoadCredential=; told to stop it ends in order. And systemd-analyze rates it 1.1, with
# literal addresses 1.0.
#
# The systemd is a private one: first process of namespaces of its own, with a copy of /etc, with empty /run,
# /tmp and /var/lib, and with the units below and no others (the system's would tidy up, and set the clock).
set -u
. "$(dirname "$0")/../lib/servers.sh"
unit=$TOP/systemd/mingpian.service
[ -x /lib/systemd/systemd ] && command -v systemd-analyze >/dev/null || skip "systemd is not installed"
case_begin

# exposure FILE: as systemd-analyze rates it.
exposure() { systemd-analyze security --offline=yes "$1" | sed -n 's/.*exposure level for .*: \([0-9.]*\).*/\1/p'; }
[ "$(exposure "$unit")" = 1.1 ] || fail "exposure is $(exposure "$unit"), not 1.1"
cat "$unit" "$unit.d/addresses.conf.example" >"$WORK/with.service"
[ "$(exposure "$WORK/with.service")" = 1.0 ] || fail "with literal addresses it is $(exposure "$WORK/with.service"), not 1.0"
systemd-analyze verify --man=no --recursive-errors=no "$unit" 2>&1 | grep -F "$unit:" && fail "systemd does not understand a line"

[ "$(id -u)" = 0 ] || skip "a private systemd needs root"
namespaces=(--pid --mount --cgroup --ipc --uts --fork --kill-child --mount-proc)
unshare "${namespaces[@]}" mount -t cgroup2 none /sys/fs/cgroup 2>"$WORK/no" || skip "no namespaces or no cgroup2 here: $(cat "$WORK/no")"

servers_start "$WORK"
config_write "$WORK"

# Installed, with a configuration for the servers that run; the spool where the unit says.
root=$WORK/root etc=$WORK/etc state=$WORK/var-lib
tests/install "$root" /usr/local "$BUILD" >"$WORK/install.log" || fail "install: $(cat "$WORK/install.log")"
cp -a /etc "$etc"
rm -rf "$etc/mingpian" "$etc/machine-id"
cp -a "$root/etc/mingpian" "$etc/mingpian"
mkdir -p "$etc/mingpian/credentials" "$state"
cp "$CA_FILE" "$etc/mingpian/ca.pem"
sed -e "s|$WORK/spool|/var/lib/mingpian|; s|$CA_FILE|/etc/mingpian/ca.pem|" \
	-e "s|$TOP/config/|/etc/mingpian/|" "$WORK/mingpian.cfg" >"$etc/mingpian/mingpian.cfg"
for user in maruijuan dongwenyan; do
	mv "$WORK/imap-$user" "$WORK/smtp-$user" "$etc/mingpian/credentials/"
done
grep -q ^mingpian: "$etc/passwd" || {
	echo 'mingpian:x:64180:64180::/var/lib/mingpian:/usr/sbin/nologin' >>"$etc/passwd"
	echo 'mingpian:x:64180:' >>"$etc/group"
}

# The units that any system has, and one that ends it all once the daemon has done what is to be done.
units=$WORK/units
mkdir "$units"
for target in sysinit basic shutdown network-online time-sync; do
	printf '[Unit]\nDescription=%s\nDefaultDependencies=no\n' $target >"$units/$target.target"
done
cp "$root/usr/local/lib/systemd/system/mingpian.service" "$units/"
cat >"$units/exit.target" <<-END
	[Unit]
	DefaultDependencies=no
	Requires=systemd-exit.service
	AllowIsolate=yes
END
cat >"$units/systemd-exit.service" <<-END
	[Unit]
	DefaultDependencies=no
	Requires=shutdown.target
	After=shutdown.target
	[Service]
	Type=oneshot
	ExecStart=/bin/systemctl --force exit
END
cat >"$units/all.target" <<-END
	[Unit]
	Wants=mingpian.service watcher.service
	DefaultDependencies=no
END
cat >"$units/watcher.service" <<-END
	[Unit]
	After=mingpian.service
	DefaultDependencies=no
	SuccessAction=exit
	FailureAction=exit
	[Service]
	Type=oneshot
	ExecStart=/bin/bash $WORK/watcher $WORK
	StandardOutput=file:$WORK/watcher.out
	StandardError=inherit
END
mkdir "$units/mingpian.service.d"
printf '[Service]\nStandardError=file:%s\n' "$WORK/daemon.err" >"$units/mingpian.service.d/log.conf"

# Every eighth mail, and those with pictures, PDF and old Office files.
cases=("$TOP"/tests/mail/*/)
chosen=()
for i in "${!cases[@]}"; do
	dir=${cases[i]%/}
	case $((i % 8))-$dir in 0-* | *scan* | *photo* | *png* | *pdf* | *doc-* | *xls* | *ofd*) chosen+=("$dir") ;; esac
done
for user in maruijuan dongwenyan; do
	for dir in "${chosen[@]}"; do
		jq -r --arg user $user --arg file "$dir/message.eml" \
			'select(.mailbox | startswith($user + "@")) | "\(.received) \($file)"' "$dir/expect.json"
	done | mails_put $user || fail "$user: not put"
done
cat >"$WORK/watcher" <<END
# Waits until each mail has its line and each due reply is sent; then says under what the daemon lives.
pid=\$(systemctl show -P MainPID mingpian.service)
echo "active: \$(systemctl show -P ActiveState mingpian.service)"
for ((i = 0; i < 900; i++)); do
	[ -d /proc/\$pid ] || break
	lines=\$(cat /var/lib/mingpian/log/*.jsonl)
	fates=\$(grep -cE '"event":"(recorded|left)"' <<<"\$lines")
	due=\$(grep '"event":"queued"' <<<"\$lines" | grep -c '"state":"due"')
	sent=\$(grep -c '"event":"sent"' <<<"\$lines")
	[ "\$fates" -ge ${#chosen[@]} ] && [ "\$sent" -ge "\$due" ] && break
	sleep 0.2
done
grep -E '^(NoNewPrivs|Seccomp|CapBnd|Uid|VmLck)' /proc/\$pid/status
tr '\0' '\n' </proc/\$pid/environ | grep -i secret && echo "a password stands in the environment"
END
cat >"$WORK/first" <<END
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir /run/systemd
umount -R /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 none /sys/fs/cgroup
mkdir /run/work # it may lie in /tmp
mount --bind $WORK /run/work
mount -t tmpfs tmpfs /tmp
mount -t tmpfs tmpfs /var/tmp
mkdir -p $WORK
mount --move /run/work $WORK
mount --bind $root/usr/local /usr/local
mount --bind $etc /etc
mount --bind $state /var/lib
mount --make-rshared / # credentials come into the service's namespace by propagation
export container=lxc SYSTEMD_UNIT_PATH=$units
exec /lib/systemd/systemd --system --unit=all.target --log-target=console --log-level=info
END
chmod 755 "$WORK" "$root" "$state"
timeout -k 5 200 unshare "${namespaces[@]}" bash "$WORK/first" >"$WORK/systemd.log" 2>&1 </dev/null
show() { tail -n 30 "$WORK/systemd.log" "$WORK/watcher.out" "$WORK/daemon.err"; }
grep -q '^active: active$' "$WORK/watcher.out" || fail "it did not start: $(show)"
for line in 'NoNewPrivs:	1' 'CapBnd:	0000000000000000' 'Seccomp:	2'; do
	grep -q "^$line" "$WORK/watcher.out" || fail "not '$line': $(show)"
done
if (ulimit -l unlimited) 2>/dev/null; then
	grep -q '^VmLck:.* 0 kB' "$WORK/watcher.out" && fail "its memory is not locked: $(show)"
else # nobody here may lift the limit, systemd neither: then it must say so
	grep -q 'memory may be swapped' "$WORK/daemon.err" || fail "no word of memory that is not locked: $(show)"
fi
grep -q 'a password stands' "$WORK/watcher.out" && fail "$(cat "$WORK/watcher.out")"
[ "$(stat -c %a "$state/mingpian")" = 750 ] || fail "the spool's folder has mode $(stat -c %a "$state/mingpian")"

$PYTHON "$LIB/check_run.py" "$state/mingpian" "$WORK/smtp.log" "${chosen[@]}" || fail "not as it should be: $(show)"
tail -n 1 "$state"/mingpian/log/*.jsonl | grep -q '"event":"stopped"' || fail "it did not end in order: $(show)"
sed "s|/var/lib/mingpian|$state/mingpian|; s|/etc/mingpian/|$etc/mingpian/|" "$etc/mingpian/mingpian.cfg" >"$WORK/here.cfg"
"$BUILD/mingpianctl" -c "$WORK/here.cfg" verify || fail "not whole"
echo "${#chosen[@]} mails by the unit as shipped"
