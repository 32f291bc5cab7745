#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Goal: what cannot be read is told with its true reason, for every format and each reason that can be made here, every
# ceiling of every kind of container; and the form beside it is read all the same.
set -u
python3 tests/lib/reasons.py "${BUILD:-build}/mingpian-parse"
