/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "odt"
#include "tests/fuzz/reader.h"
