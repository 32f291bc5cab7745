/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "zip"
#include "tests/fuzz/reader.h"
