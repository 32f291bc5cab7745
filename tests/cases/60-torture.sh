#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: killed at, or refused, the calls that matter most, everything is recorded once and answered once after a
# restart; what a power cut may leave of a run is whole when it is opened again; without memory the parser ends
# clearly. The quick part of tests/torture (docs/testing.md), at the same places each time.
set -u
export QUICK=1 BUILD=${BUILD:-build}
case $BUILD in *-asan | *-tsan) echo "the sanitizers' own calls would be struck"; exit 77 ;; esac
cd "$(dirname "$0")/../.." || exit 2
exec tests/torture calls power parse
