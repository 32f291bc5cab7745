/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "pdf"
#include "tests/fuzz/reader.h"
