/* SPDX-License-Identifier: EUPL-1.2 */
/* Giving things up. Landlock rules are additive: what is handled is denied everywhere but beneath
 * the folders that a rule names. Only acts that change the file system are handled; reading stays
 * free, because ICU, resolvers and certificates live in many places. */

#include "app/confine.h"

#include "base/log.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const uint64_t changing_acts =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |
    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
    LANDLOCK_ACCESS_FS_MAKE_SYM;

static bool allow(int ruleset, const char *path, uint64_t acts)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = acts};
    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return false;
    bool is_added =
        syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) == 0;
    close(rule.parent_fd);
    return is_added;
}

static int restrict_writing(arena *a, const str *folders, size_t n)
{
    long abi =
        syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < 1)
        return 0;
    struct landlock_ruleset_attr attributes = {.handled_access_fs = changing_acts};
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
    if (ruleset < 0)
        return 0;
    bool is_ready = allow(ruleset, "/dev", LANDLOCK_ACCESS_FS_WRITE_FILE);
    for (size_t i = 0; i < n && is_ready; i++)
        is_ready = allow(ruleset, arena_cstr(a, folders[i]), changing_acts);
    is_ready = is_ready && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
    close(ruleset);
    return is_ready ? (int)abi : 0;
}

confinement confine_process(arena *a, const str *folders, size_t n)
{
    umask(027);
    const struct rlimit no_core = {0, 0};
    confinement c = {
        .has_no_new_privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0,
        .has_no_dumps =
            setrlimit(RLIMIT_CORE, &no_core) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0,
    };
    if (c.has_no_new_privileges)
        c.landlock_abi = restrict_writing(a, folders, n);
    LOG(LOG_INFO, "process.confined", log_int("no_new_privileges", c.has_no_new_privileges),
        log_int("no_dumps", c.has_no_dumps), log_int("landlock_abi", c.landlock_abi));
    return c;
}
