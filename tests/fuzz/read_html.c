/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "html"
#include "tests/fuzz/reader.h"
