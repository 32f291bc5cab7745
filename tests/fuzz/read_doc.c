/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "doc"
#include "tests/fuzz/reader.h"
