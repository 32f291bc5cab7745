/* SPDX-License-Identifier: GPL-3.0-or-later */
#define READER "docx"
#include "tests/fuzz/reader.h"
