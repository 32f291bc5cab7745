/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/fd.h"

#include <errno.h>
#include <unistd.h>

bool
fd_write_all(int fd, struct bytes b)
{
	size_t done = 0;
	ssize_t n;

	while (done < b.len) {
		n = write(fd, b.at + done, b.len - done);
		if (n > 0) {
			done += (size_t)n;
		} else if (n == 0) {
			errno = ENOSPC;
			return false;
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}
