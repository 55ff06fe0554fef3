/* SPDX-License-Identifier: EUPL-1.2 */
/* Landlock: every act on files and ports that the kernel's version knows is denied, then allowed
 * beneath the paths of the plan. Rules only add; what the kernel does not know yet stays free, so
 * the masks go by its version. Not in its reach: stat, chmod and sockets in the file system, which
 * calls.c leaves out or the permissions of the files must hold. */

#include "confine/parts.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than Debian 12's headers; linux/landlock.h of Linux 6.12. */
static const uint64_t fs_truncate = 1ULL << 14;  /* ABI 3 */
static const uint64_t fs_ioctl_dev = 1ULL << 15; /* ABI 5 */
static const uint64_t net_bind_tcp = 1ULL << 0;  /* ABI 4 */
static const uint64_t net_connect_tcp = 1ULL << 1;
static const uint64_t scopes = 3; /* ABI 6: abstract sockets and signals of others */
enum { RULE_NET_PORT = 2 };

typedef struct ruleset_attributes {
    uint64_t handled_fs;
    uint64_t handled_net;
    uint64_t scoped;
} ruleset_attributes;

typedef struct port_attributes {
    uint64_t allowed;
    uint64_t port;
} port_attributes;

static const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t arranging = LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
                                  LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
                                  LANDLOCK_ACCESS_FS_MAKE_SOCK;
static const uint64_t running = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
static const uint64_t never = LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                              LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM;

long landlock_abi(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
}

static uint64_t writing(long abi)
{
    return LANDLOCK_ACCESS_FS_WRITE_FILE | (abi >= 3 ? fs_truncate : 0);
}

static ruleset_attributes handled(long abi)
{
    return (ruleset_attributes){
        .handled_fs = reading | arranging | running | never | writing(abi) |
                      (abi >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0) | (abi >= 5 ? fs_ioctl_dev : 0),
        .handled_net = abi >= LANDLOCK_ABI_PORTS ? net_bind_tcp | net_connect_tcp : 0,
        .scoped = abi >= 6 ? scopes : 0,
    };
}

/* A kernel refuses an attribute struct that is longer than it knows and not zero at the end. */
static size_t attribute_bytes(long abi)
{
    return abi >= 6                    ? sizeof(ruleset_attributes)
           : abi >= LANDLOCK_ABI_PORTS ? offsetof(ruleset_attributes, scoped)
                                       : offsetof(ruleset_attributes, handled_net);
}

/* A path that is not there cannot be reached either: no failure. */
static bool allow_path(arena *a, int ruleset, str path, uint64_t acts)
{
    struct stat info;
    struct landlock_path_beneath_attr rule = {.allowed_access = acts};
    rule.parent_fd = open(arena_cstr(a, path), O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return true;
    bool is_added = fstat(rule.parent_fd, &info) == 0;
    if (is_added && !S_ISDIR(info.st_mode)) /* what only folders have is refused on files */
        rule.allowed_access &= ~(LANDLOCK_ACCESS_FS_READ_DIR | arranging);
    is_added = is_added &&
               syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(rule.parent_fd);
    return is_added;
}

static bool allow_paths(arena *a, int ruleset, const confine_paths *paths, uint64_t acts)
{
    for (size_t i = 0; i < paths->n; i++)
        if (!allow_path(a, ruleset, paths->at[i], acts))
            return false;
    return true;
}

static bool allow_ports(int ruleset, const confine_ports *ports, uint64_t act)
{
    for (size_t i = 0; i < ports->n; i++) {
        port_attributes rule = {act, ports->at[i]};
        if (syscall(SYS_landlock_add_rule, ruleset, RULE_NET_PORT, &rule, 0) != 0)
            return false;
    }
    return true;
}

/* What libraries look at: time zones (ICU), processors and memory policy (glibc). */
static bool allow_common(arena *a, int ruleset)
{
    static const str paths[] = {
        STR_INIT("/dev/null"),
        STR_INIT("/dev/urandom"),
        STR_INIT("/etc/localtime"),
        STR_INIT("/usr/share/zoneinfo"),
        STR_INIT("/sys/devices/system/cpu/online"),
        STR_INIT("/proc/sys/vm/overcommit_memory"),
#if CONFINE_IS_SANITIZED /* reports read the mappings and the programs in them */
        STR_INIT("/proc"),
        STR_INIT("/lib"),
        STR_INIT("/usr"),
#endif
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (!allow_path(a, ruleset, paths[i], reading))
            return false;
    return true;
}

bool landlock_restrict(arena *a, const confine_plan *plan, long abi)
{
    ruleset_attributes attributes = handled(abi);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, attribute_bytes(abi), 0);
    if (ruleset < 0)
        return false;
    uint64_t written = reading | writing(abi);
    bool is_held = allow_common(a, ruleset) && allow_paths(a, ruleset, &plan->reads, reading) &&
                   allow_paths(a, ruleset, &plan->writes, written) &&
                   allow_paths(a, ruleset, &plan->arranged, written | arranging) &&
                   allow_paths(a, ruleset, &plan->runs, running);
    if (is_held && abi >= LANDLOCK_ABI_PORTS)
        is_held = allow_ports(ruleset, &plan->listens, net_bind_tcp) &&
                  allow_ports(ruleset, &plan->connects, net_connect_tcp);
    is_held = is_held && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return is_held;
}
