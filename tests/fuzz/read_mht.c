/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "mht"
#include "tests/fuzz/reader.h"
