/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Descriptors: what write(2) leaves to its caller. */
#ifndef MINGPIAN_CONFIG_FD_H
#define MINGPIAN_CONFIG_FD_H

#include "config/buf.h"

#include <stdbool.h>

/* All of b, over short writes and interruptions. False with errno; a write of nothing is ENOSPC. */
bool fd_write_all(int fd, struct bytes b);

#endif
