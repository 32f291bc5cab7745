/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "xls"
#include "tests/fuzz/reader.h"
