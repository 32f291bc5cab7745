/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "rar"
#include "tests/fuzz/reader.h"
