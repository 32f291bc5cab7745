#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Checks this bundle without the program that made it. 不用生成本包的程序，即可核验本包。
#	sh check.sh [SEQ:HASH]…     heads that an old digest or reply tells 旧日报、回执所载“登记日志”
# Needs sha256sum, jq, awk and what coreutils has. Exit 0: whole 完整; 1: not 有误. BUNDLE: another folder than its own.
export LC_ALL=C
cd "${BUNDLE:-$(dirname "$0")}" || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/lines" && : >"$tmp/there"
wrong() { tr -d '\000-\010\013-\037\177' | while IFS= read -r line; do echo "wrong 有误: $line" | tee -a "$tmp/wrong"; done; }
hashes() {
	set --
	while IFS= read -r file; do
		set -- "$@" "$file"
		[ $# -lt 200 ] || { sha256sum -- "$@"; set --; }
	done
	[ $# -eq 0 ] || sha256sum -- "$@"
}

# 1. Every file is as the manifest says, none is missing, none is more. 文件与清单逐一相符。
du -al . | cut -f 2- | while IFS= read -r file; do
	[ -d "$file" ] && [ ! -L "$file" ] || [ "$file" = ./manifest.sha256 ] || printf '%s\n' "${file#./}"; done | sort | hashes >"$tmp/found" 2>"$tmp/unread"; wrong <"$tmp/unread"
awk 'NR == FNR { want[$0] = 1; next } !($0 in want) { print substr($0, 67) " is not as in the manifest 与清单不符" }
	{ delete want[$0] } END { for (l in want) print substr(l, 67) " is not there 缺失" }' manifest.sha256 "$tmp/found" | wrong
[ "$(sha256sum <manifest.sha256)" = "$(sha256sum <"$tmp/found")" ] || echo "manifest.sha256 is another one 清单有改动" | wrong

# 2. Each line of the log holds the hash of the one before. 日志逐行相连。
cat log/*.jsonl | awk -v d="$tmp/lines" 'BEGIN { ORS = "" } NR % 5000 == 1 { s = sprintf("%s/%05d", d, NR / 5000); system("mkdir " s) }
	{ f = s sprintf("/%09d", NR); print >f; close(f) }'
for dir in "$tmp"/lines/*; do (cd "$dir" && sha256sum -- *); done | cut -c 1-64 >"$tmp/hash"
cat log/*.jsonl | jq -r '"\(.seq) \(.prev)"' >"$tmp/prev" 2>"$tmp/unread"; wrong <"$tmp/unread"
awk 'NR == FNR { hash[FNR] = $1; n = FNR; next } FNR == 1 { hash[0] = sprintf("%064d", 0) }
	$1 != FNR || $2 != hash[FNR - 1] { print "line " FNR " does not chain 日志第" FNR "行不相连" }
	END { if (FNR != n) print "the log has lines that are none 日志行数不符" }' "$tmp/hash" "$tmp/prev" | wrong

# 3. The heads are its lines. 日志末行及历次所载均在其中。
printf '%s\n' "$@" | awk -F : 'NR == FNR { hash[FNR] = $1; n = FNR; next } FILENAME == "heads.txt" { last = $1 }
	NF && ($0 !~ /^[0-9]+:[0-9a-f]+$/ || hash[$1] != $2) { print "no line " $1 " with the hash " $2 " 日志无此行" }
	END { if (last != n) print "the log does not end at its head 日志未止于末行" }' "$tmp/hash" heads.txt - | wrong

# 4. Mails and readings are what their names say, and the log names them. 来件、识读记录与日志所载相符。
awk '$2 ~ /^(mail|read)\// { n = $2; sub(/.*\//, "", n); sub(/\..*/, "", n); if (n != $1) print $2 " holds other bytes 内容有改动"
	print n >there }' there="$tmp/there" "$tmp/found" | wrong
cat log/*.jsonl | jq -rn --rawfile want receipts.txt '[inputs] as $log | def set: map({(.): 1}) | add // {};
	def line(e): $log[] | select(.event == e); ($want | split("\n") | set) as $r | ($r | has("all")) as $all |
	([line("recorded") | select($all or any(.forms[]?; $r[.receipt // ""])) | .message] | set) as $m |
	([line("queued") | select($all or $m[.to_message // ""]) | .reply] | set) as $p | ([line("redacted") | .files[]] | set) as $gone |
	$log[] | if .event == "recorded" then [.reading, .message] elif .event == "reviewed" then [.decision, .item, .receipt]
	elif .event == "redacted" then [.decision, .receipt] elif .event == "bounced" then [.message, .reply]
	elif .event | IN("received", "queued", "digested", "restored") then [.message // .decision, .message, .reply] else empty end |
	select(.[0]) | .[0] + (if ($all or any(.[1:][] // ""; $r[.] or $m[.] or $p[.])) and ($gone[.[0]] | not) then " need" else "" end)' \
	>"$tmp/named" 2>"$tmp/unread"; wrong <"$tmp/unread"
awk 'FILENAME ~ /there$/ { there[$1] = 1; next } { named[$1] = 1 } $2 && !($1 in there) { print $1 " is missing 缺失" }
	END { for (h in there) if (!(h in named)) print h " is not in the log 日志无此件" }' "$tmp/there" "$tmp/named" | wrong
[ ! -s "$tmp/wrong" ] || exit 1
echo "whole 完整: $(cut -f 1 "$tmp/hash" | wc -l) lines 行, $(wc -l <"$tmp/found") files 个文件; head 末行 $(tail -n 1 heads.txt)"
echo "manifest.sha256 $(sha256sum <manifest.sha256 | cut -c 1-64)"
