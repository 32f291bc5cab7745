/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "ofd"
#include "tests/fuzz/reader.h"
