/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Beyond the headers of Debian 12 (kernel 6.1): ABI 3, 5 and, for ports, 4. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14)
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15)
#endif

enum {
	ABI_REFER = 2,
	ABI_TRUNCATE = 3,
	ABI_NET = 4,
	ABI_IOCTL = 5,
	RULE_NET_PORT = 2, /* LANDLOCK_RULE_NET_PORT */
	NET_BIND_TCP = 1,
	NET_CONNECT_TCP = 2,
};

/* struct landlock_ruleset_attr as of ABI 4, and struct landlock_net_port_attr. */
struct ruleset_attr {
	uint64_t handled_access_fs, handled_access_net;
};
struct net_port_attr {
	uint64_t allowed_access, port;
};

static const uint64_t ABI_1 = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1; /* bits 0 to 12 */
static const uint64_t READING = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
/* What means something for a file that is no folder; a rule on one must ask for no more. */
static const uint64_t OF_FILES = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                 LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_TRUNCATE |
                                 LANDLOCK_ACCESS_FS_IOCTL_DEV;

int
landlock_abi(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi < 1 ? 0 : (int)abi;
}

/* All rights that this version can take away. */
static uint64_t
handled(int abi)
{
	return ABI_1 | (abi >= ABI_REFER ? LANDLOCK_ACCESS_FS_REFER : 0) |
	       (abi >= ABI_TRUNCATE ? LANDLOCK_ACCESS_FS_TRUNCATE : 0) |
	       (abi >= ABI_IOCTL ? LANDLOCK_ACCESS_FS_IOCTL_DEV : 0);
}

/* Devices and pipes are made by nobody here, whatever is granted. */
static uint64_t
granted(int rights)
{
	static const uint64_t never = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |
	                              LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |
	                              LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_IOCTL_DEV;
	uint64_t access = 0;

	if (rights & LANDLOCK_READ)
		access |= READING;
	if (rights & LANDLOCK_WRITE)
		access |= handled(ABI_IOCTL) & ~never;
	if (rights & LANDLOCK_EXEC)
		access |= LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
	return access;
}

static bool
grant(int rules, const struct landlock_grant *g, uint64_t handles, struct err *e)
{
	struct landlock_path_beneath_attr under = {.parent_fd = open(g->path, O_PATH | O_CLOEXEC)};
	struct stat st;
	bool ok;

	if (under.parent_fd < 0)
		return true;
	under.allowed_access = granted(g->rights) & handles;
	if (fstat(under.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		under.allowed_access &= OF_FILES;
	ok = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &under, 0) == 0 ||
	     err_sys(e, ERR_OS, errno, "%s: a Landlock rule", g->path);
	(void)close(under.parent_fd);
	return ok;
}

static bool
grant_port(int rules, uint16_t port, struct err *e)
{
	struct net_port_attr to = {NET_CONNECT_TCP, port};

	return syscall(SYS_landlock_add_rule, rules, RULE_NET_PORT, &to, 0) == 0 ||
	       err_sys(e, ERR_OS, errno, "port %u: a Landlock rule", port);
}

bool
landlock_enter(const struct landlock_grant *grants, size_t grant_count, const uint16_t *ports,
               size_t port_count, struct err *e)
{
	int abi = landlock_abi();
	struct ruleset_attr attr = {.handled_access_fs = handled(abi)};
	bool net = ports && abi >= ABI_NET, ok = true;
	int rules;

	if (abi == 0)
		return true;
	if (net)
		attr.handled_access_net = NET_BIND_TCP | NET_CONNECT_TCP;
	rules = (int)syscall(SYS_landlock_create_ruleset, &attr,
	                     abi >= ABI_NET ? sizeof attr : sizeof attr.handled_access_fs, 0);
	if (rules < 0)
		return err_sys(e, ERR_OS, errno, "making a Landlock rule set");
	for (size_t i = 0; ok && i < grant_count; i++)
		ok = grant(rules, &grants[i], attr.handled_access_fs, e);
	for (size_t i = 0; ok && net && i < port_count; i++)
		ok = grant_port(rules, ports[i], e);
	if (ok && (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
	           syscall(SYS_landlock_restrict_self, rules, 0) != 0))
		ok = err_sys(e, ERR_OS, errno, "entering the Landlock rule set");
	(void)close(rules);
	return ok;
}
