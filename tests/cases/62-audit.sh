#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: an evidence bundle proves itself with coreutils, jq and mawk alone, of everything and of some receipts; each
# change of it, and of a spool, is found; a head from an old reply lies on the chain, another one does not.
set -u
. "$(dirname "$0")/../lib/servers.sh"
case_begin
CHECK=$TOP/config/templates/audit/check.sh
# Only what the page promises: no find, no grep, no sed, no cmp.
mkdir "$WORK/bin"
for program in $(dpkg -L coreutils | sed -n 's|^/\(usr/\)\?bin/||p') sh jq; do ln -s "$(type -P "$program")" "$WORK/bin/$program" 2>/dev/null; done
ln -s "$(type -P mawk || type -P awk)" "$WORK/bin/awk"
check() { PATH=$WORK/bin sh "$@"; }
whole() { check "$@" >"$WORK/out" 2>&1 && grep -q '^whole 完整' "$WORK/out" || fail "$* is called wrong: $(cat "$WORK/out")"; }
wrong() { # WORDS …: found, by what it says
	local words=$1
	shift
	check "$@" >"$WORK/out" 2>&1
	[ $? = 1 ] && grep -qE "wrong 有误: .*$words" "$WORK/out" || fail "$words is not found: $(cat "$WORK/out")"
}
refused() {
	local status=$1 words=$2 got=0
	shift 2
	ctl "$@" >"$WORK/out" 2>"$WORK/err" </dev/null || got=$?
	[ "$got" = "$status" ] && grep -q -e "$words" "$WORK/err" || fail "$*: exit $got, $(cat "$WORK/err")"
}

[ "$(wc -l <"$CHECK")" -lt 60 ] || fail "check.sh has grown too long to be read"
(cd "$TOP" && "$BUILD/tools/spool_sample" "$WORK/spool" 12 7 >"$WORK/sample.out" 2>&1) || fail "no spool: $(cat "$WORK/sample.out")"
IMAP_PORT=1 IMAPS_PORT=1 SMTP_PORT=1 SMTPS_PORT=1
mkdir -p "$WORK/mail"
CA_FILE=$WORK/ca.pem
config_write "$WORK" 2>/dev/null || fail "no configuration"

# Everything.
ctl audit --out "$WORK/all" >"$WORK/out" || fail "no bundle"
grep -q "sh $WORK/all/check.sh" "$WORK/out" || fail "how to check it is not told"
manifest=$(sed -n 's/^manifest //p' "$WORK/out")
whole "$WORK/all/check.sh"
grep -q "manifest.sha256 $manifest" "$WORK/out" || fail "another manifest"
for page in zh en; do [ -s "$WORK/all/README.$page.txt" ] || fail "no page $page"; done
refused 66 'is there already' audit --out "$WORK/all"
refused 64 -- '--out DIR' audit
refused 65 'mingpianctl list' audit --out "$WORK/none" CYMP-2022-9999
refused 74 'cannot be made' audit --out "$WORK/no/such/folder"
[ "$(find "$WORK/all" -perm /077 | wc -l)" = 0 ] || fail "others may read it"
ctl audit --json --out "$WORK/json" | jq -e '.lines > 20 and .files > 10 and (.manifest_sha256 | length) == 64' >/dev/null || fail "no JSON"

# Heads: each reply's foot tells one; the digest, too.
seq=10
head=$seq:$(cat "$WORK"/spool/log/*.jsonl | sed -n ${seq}p | tr -d '\n' | sha256sum | cut -c1-64)
whole "$WORK/all/check.sh" "$head"
wrong 'no line 10 ' "$WORK/all/check.sh" "$seq:$(printf 0%.0s {1..64})"
ctl verify --head "$head" >/dev/null || fail "verify does not know it"
heads=0
for hash in $(ctl log --event queued --json | jq -r .message | head -n 3); do
	head=$($PYTHON -c '
import email, email.policy, re, sys
mail = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(re.search(r"登记日志：(\d+:[0-9a-f]{64})", mail.get_body(("plain",)).get_content()).group(1))' "$WORK/spool/mail/${hash:0:2}/$hash.eml") || fail "no head in a reply"
	[ "$head" = "0:$(printf 0%.0s {1..64})" ] || { whole "$WORK/all/check.sh" "$head"; heads=$((heads + 1)); }
	ctl verify --head "$head" >/dev/null || fail "a reply's head is not known: $head"
done
[ $heads -gt 0 ] || fail "no reply told a head"

# Some receipts only: the whole log, and no file of others.
ctl audit --out "$WORK/some" CYMP-2022-0002 CYMP-2022-0005 >/dev/null || fail "no bundle of two"
whole "$WORK/some/check.sh"
[ "$(cat "$WORK"/some/log/*.jsonl | sha256sum)" = "$(cat "$WORK"/spool/log/*.jsonl | sha256sum)" ] || fail "another log"
[ "$(find "$WORK/some/mail" -type f | wc -l)" -lt "$(find "$WORK/all/mail" -type f | wc -l)" ] || fail "files of others"
# What it needs and somebody left out, manifest and all.
lost=$(find "$WORK/some/read" -type f | head -n 1)
rm "$lost"
sed -i "/${lost##*/}/d" "$WORK/some/manifest.sha256"
wrong 'is missing' "$WORK/some/check.sh"
# What the log never knew, manifest and all.
cp -r "$WORK/all" "$WORK/more"
hash=$(echo forged | sha256sum | cut -c1-64)
mkdir -p "$WORK/more/mail/${hash:0:2}"
echo forged >"$WORK/more/mail/${hash:0:2}/$hash.eml"
(cd "$WORK/more" && find . -type f ! -name manifest.sha256 -printf '%P\n' | LC_ALL=C sort | xargs sha256sum >../manifest && mv ../manifest manifest.sha256)
wrong 'is not in the log' "$WORK/more/check.sh"
# A log that was written anew, manifest, heads and all: an old head tells.
rm -r "$WORK/more"
cp -r "$WORK/all" "$WORK/more"
$PYTHON - "$WORK/more" <<-'END' || fail "not forged"
	import hashlib, json, pathlib, sys
	root = pathlib.Path(sys.argv[1])
	prev, seq = "0" * 64, 0
	for path in sorted((root / "log").glob("*.jsonl")):
	    lines = []
	    for line in path.read_text().splitlines():
	        o = json.loads(line)
	        if o["event"] == "received" and seq < 5:
	            o["received_at"] = "2022-05-01T00:00:00+08:00"
	        o["prev"] = prev
	        line = json.dumps(o, ensure_ascii=False, separators=(",", ":"))
	        prev, seq = hashlib.sha256(line.encode()).hexdigest(), seq + 1
	        lines.append(line + "\n")
	    path.write_text("".join(lines))
	(root / "heads.txt").write_text(f"{seq}:{prev}\n")
	files = sorted(str(p.relative_to(root)) for p in root.rglob("*") if p.is_file() and p.name != "manifest.sha256")
	(root / "manifest.sha256").write_text("".join(f"{hashlib.sha256((root / f).read_bytes()).hexdigest()}  {f}\n" for f in files))
END
whole "$WORK/more/check.sh"
seq=50
head=$seq:$(cat "$WORK"/spool/log/*.jsonl | sed -n ${seq}p | tr -d '\n' | sha256sum | cut -c1-64)
whole "$WORK/all/check.sh" "$head"
wrong 'no line 50 ' "$WORK/more/check.sh" "$head"

# After a redaction the bundle is whole, and says so.
ctl redact CYMP-2022-0005 --with-others --why test --yes >/dev/null || fail "not taken out"
ctl audit --out "$WORK/after" >/dev/null || fail "no bundle after it"
whole "$WORK/after/check.sh"
ctl audit --out "$WORK/gone" CYMP-2022-0005 >/dev/null || fail "no bundle of what is gone"
whole "$WORK/gone/check.sh"
[ "$(find "$WORK/gone/mail" "$WORK/gone/read" -type f 2>/dev/null | wc -l)" -le 1 ] || fail "what was taken out is in a bundle"

# Changes at random: each is found. `make tamper TRIES=5000` tries more.
"$TOP/tests/tamper" spool "$WORK/spool" "$WORK/mingpian.cfg" --tries "${TRIES:-60}" --seed "${SEED:-2022}" --ctl "$BUILD/mingpianctl" || fail "a changed spool"
"$TOP/tests/tamper" bundle "$WORK/gone" "$CHECK" --tries "${TRIES:-30}" --seed "${SEED:-2022}" || fail "a changed bundle"
