/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "rtf"
#include "tests/fuzz/reader.h"
