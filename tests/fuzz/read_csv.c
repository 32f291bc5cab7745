/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "csv"
#include "tests/fuzz/reader.h"
