/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "tnef"
#include "tests/fuzz/reader.h"
