/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "xlsx"
#include "tests/fuzz/reader.h"
