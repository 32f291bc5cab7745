/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A kernel that lacks something: runs a program under a filter that answers ENOSYS to system calls, as a
 *kernel does that never heard of them. without landlock|seccomp|no_new_privs PROGRAM ARGUMENT… */
#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sysexits.h>
#include <unistd.h>

static bool
refuse(scmp_filter_ctx f, int call)
{
	return seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS), call, 0) == 0;
}

/* As such a kernel: EINVAL for an option that it does not know. */
static bool
refuse_option(scmp_filter_ctx f, int option)
{
	return seccomp_rule_add(f, SCMP_ACT_ERRNO(EINVAL), SCMP_SYS(prctl), 1,
	                        SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)option)) == 0;
}

static bool
add(scmp_filter_ctx f, const char *what)
{
	if (strcmp(what, "landlock") == 0)
		return refuse(f, SCMP_SYS(landlock_create_ruleset)) &&
		       refuse(f, SCMP_SYS(landlock_add_rule)) && refuse(f, SCMP_SYS(landlock_restrict_self));
	if (strcmp(what, "seccomp") == 0)
		return refuse(f, SCMP_SYS(seccomp)) && refuse_option(f, PR_SET_SECCOMP);
	if (strcmp(what, "no_new_privs") == 0)
		return refuse_option(f, PR_SET_NO_NEW_PRIVS) && refuse_option(f, PR_GET_NO_NEW_PRIVS);
	return false;
}

int
main(int argc, char **argv)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);

	if (argc < 3 || !f || !add(f, argv[1]))
		return EX_USAGE;
	/* root needs none: without no_new_privs the program finds it as it was */
	if (seccomp_attr_set(f, SCMP_FLTATR_CTL_NNP, 0) != 0 || seccomp_load(f) != 0) {
		perror("without: loading the filter (it needs root)");
		return EX_NOPERM;
	}
	(void)execv(argv[2], argv + 2);
	perror(argv[2]);
	return EX_UNAVAILABLE;
}
