/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "msg"
#include "tests/fuzz/reader.h"
