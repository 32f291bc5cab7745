/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the sandbox of parser and daemon is made of, asked of this kernel piece by piece. */
#include "config/landlock.h"
#include "daemon/doctor.h"

#include <linux/seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* By the version of Landlock, the newest first: what all before it lack. */
static const struct {
	int abi;
	const char *lacks, *linux;
} landlock_news[] = {
        {4, "TCP ports are not shut by it (the filter of system calls and the unit's IPAddressDeny remain)",
         "6.7"},
        {3, "nor is cutting files short", "6.2"},
        {2, "nor is moving files between folders", "5.19"},
};

static void
check_landlock(struct doctor *d)
{
	int abi = landlock_abi();
	char what[80], why[400];
	int n = 0;

	(void)snprintf(what, sizeof what, "kernel: Landlock, version %d", abi);
	if (abi == 0) {
		doctor_say(d, DOCTOR_WRONG, "kernel: Landlock",
		           "this kernel has none, and files cannot be shut: boot with lsm=landlock,… (Linux "
		           "5.13 or "
		           "later)");
		return;
	}
	why[0] = '\0';
	for (size_t i = 0; i < sizeof landlock_news / sizeof *landlock_news; i++)
		if (abi < landlock_news[i].abi)
			n += snprintf(why + n, sizeof why - (size_t)n, "%s%s before Linux %s", n ? ", " : "",
			              landlock_news[i].lacks, landlock_news[i].linux);
	doctor_say(d, n ? DOCTOR_NOTE : DOCTOR_OK, what, why);
}

/* Filters, and the answer that ends a process. */
static bool
has_seccomp(void)
{
	const uint32_t kill = SECCOMP_RET_KILL_PROCESS;

	return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill) == 0;
}

static bool
has_limits(void)
{
	static const __rlimit_resource_t used[] = {RLIMIT_AS,   RLIMIT_CPU,   RLIMIT_FSIZE,
	                                           RLIMIT_CORE, RLIMIT_NPROC, RLIMIT_NOFILE};
	struct rlimit r;

	for (size_t i = 0; i < sizeof used / sizeof *used; i++)
		if (getrlimit(used[i], &r) != 0)
			return false;
	return true;
}

static void
check_one(struct doctor *d, bool ok, const char *what, const char *why)
{
	doctor_say(d, ok ? DOCTOR_OK : DOCTOR_WRONG, what, ok ? "" : why);
}

void
doctor_kernel(struct doctor *d)
{
	check_landlock(d);
	check_one(d, has_seccomp(), "kernel: seccomp",
	          "it has no filters of system calls (CONFIG_SECCOMP_FILTER), or whoever runs this shuts "
	          "them off: "
	          "a container's profile must allow seccomp(2)");
	check_one(d, prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) >= 0, "kernel: no_new_privs",
	          "privileges cannot be given up for good: Linux 3.5 or later is needed");
	check_one(d, has_limits(), "kernel: limits of a process",
	          "getrlimit(2) is refused: memory and processor time of the parser cannot be bounded");
}
