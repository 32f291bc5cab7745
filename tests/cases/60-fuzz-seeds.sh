#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: what a fuzzer once found stays mended: each seed and each former find goes through its target's function,
# built as the product is. `make fuzz` looks for new ones.
set -u
cd "$(dirname "$0")/../.." || exit 1
: "${BUILD:=build}"

n=0
for source in tests/fuzz/*.c; do
	target=$(basename "$source" .c)
	[ "$target" = replay ] && continue
	folders=("tests/fuzz/seeds/$target")
	[ -d "tests/fuzz/finds/$target" ] && folders+=("tests/fuzz/finds/$target")
	"$BUILD/fuzz/$target" "${folders[@]}" || {
		echo "FAIL: $target"
		exit 1
	}
	n=$((n + 1))
done
[ "$n" -ge 20 ] || { echo "FAIL: only $n targets"; exit 1; }
