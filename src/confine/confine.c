/* SPDX-License-Identifier: EUPL-1.2 */
/* The order matters: privileges first (Landlock and seccomp ask for it), files before calls (the
 * filter knows no landlock_restrict_self). */

#include "confine/confine.h"

#include "base/log.h"
#include "confine/parts.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

void confine_add_path(confine_paths *paths, str path)
{
    BUG_IF(paths->n == CONFINE_PATHS_MOST);
    paths->at[paths->n++] = path;
}

void confine_add_port(confine_ports *ports, int64_t port)
{
    BUG_IF(ports->n == CONFINE_PORTS_MOST || port < 0 || port > UINT16_MAX);
    ports->at[ports->n++] = (uint16_t)port;
}

/* All of /etc for the resolver: its files are replaced while we run, and a rule holds the file that
 * was, not its name. */
void confine_add_network(confine_plan *plan)
{
    static const str paths[] = {
        STR_INIT("/etc"),
        STR_INIT("/lib"),
        STR_INIT("/lib64"),
        STR_INIT("/usr/lib"),
        STR_INIT("/usr/lib64"),
        STR_INIT("/usr/share/ca-certificates"),
        STR_INIT("/usr/local/share/ca-certificates"),
        STR_INIT("/run/systemd/resolve"),
        STR_INIT("/run/resolvconf"),
        STR_INIT("/run/NetworkManager"),
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        confine_add_path(&plan->reads, paths[i]);
}

void confine_add_loaders(confine_plan *plan)
{
    confine_add_path(&plan->runs, S("/lib64/ld-linux-x86-64.so.2"));
    confine_add_path(&plan->runs, S("/lib/ld-linux-aarch64.so.1"));
}

static void add_libraries(confine_plan *plan)
{
    static const str shared[] = {STR_INIT("/lib"),       STR_INIT("/lib64"),
                                 STR_INIT("/usr/lib"),   STR_INIT("/usr/lib64"),
                                 STR_INIT("/usr/share"), STR_INIT("/etc/ld.so.cache")};
    for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
        confine_add_path(&plan->reads, shared[i]);
}

void confine_add_children(confine_plan *plan)
{
    plan->acts |= CONFINE_STARTS;
    add_libraries(plan);
    confine_add_loaders(plan);
    confine_add_path(&plan->writes, S("/dev/null")); /* where their output goes */
}

confine_level confine_level_of(str word)
{
    return str_eq(word, S("off"))       ? CONFINE_OFF
           : str_eq(word, S("require")) ? CONFINE_REQUIRE
                                        : CONFINE_TRY;
}

confinement confine_offered(void)
{
    long abi = landlock_abi();
    return (confinement){
        .has_no_new_privileges = true,
        .has_no_dumps = true,
        .has_files = abi >= 1,
        .has_ports = abi >= LANDLOCK_ABI_PORTS,
        .has_calls = calls_are_offered(),
    };
}

static bool limit(__rlimit_resource_t what, int64_t most)
{
    const struct rlimit both = {(rlim_t)most, (rlim_t)most};
    return most == 0 || setrlimit(what, &both) == 0;
}

static bool limits_hold(const confine_limits *l)
{
    return limit(RLIMIT_CPU, l->cpu_seconds) && limit(RLIMIT_FSIZE, l->file_bytes) &&
           limit(RLIMIT_AS, CONFINE_IS_SANITIZED ? 0 : l->memory_bytes);
}

/* abi: of Landlock; 0: without it. The order of the calls matters: see above. */
static confinement hold(arena *a, const confine_plan *plan, confine_level level, long abi)
{
    umask(027);
    const struct rlimit no_core = {0, 0};
    confinement c = {
        .has_no_new_privileges = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0,
        .has_no_dumps =
            setrlimit(RLIMIT_CORE, &no_core) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0,
    };
    c.has_files = abi >= 1 && c.has_no_new_privileges && landlock_restrict(a, plan, abi);
    c.has_ports = c.has_files && abi >= LANDLOCK_ABI_PORTS;
    c.has_calls = level != CONFINE_OFF && c.has_no_new_privileges && calls_restrict(plan);
    return c;
}

static bool is_whole(confinement c)
{
    return c.has_no_new_privileges && c.has_no_dumps && c.has_files && c.has_calls;
}

err confine_process(arena *a, const confine_plan *plan, confine_level level, confinement *out)
{
    long abi = level == CONFINE_OFF ? 0 : landlock_abi();
    confinement c = hold(a, plan, level, abi);
    log_level as = is_whole(c) ? LOG_INFO : level == CONFINE_REQUIRE ? LOG_ERROR : LOG_WARN;
    LOG(as, "process.confined", log_str("kind", str_of(plan->kind)),
        log_int("no_new_privileges", c.has_no_new_privileges), log_int("no_dumps", c.has_no_dumps),
        log_int("files", c.has_files), log_int("ports", c.has_ports), log_int("calls", c.has_calls),
        log_int("landlock_abi", abi));
    *out = c;
    return is_whole(c) || level != CONFINE_REQUIRE ? OK : ERR_DENIED;
}

err confine_program(arena *a, confine_plan *plan, confine_level level, char *const argv[],
                    char *const environment[])
{
    add_libraries(plan);
    plan->acts |= CONFINE_RUNS;
    if (!limits_hold(&plan->limits))
        return ERR_DENIED;
    confinement c = hold(a, plan, level, level == CONFINE_OFF ? 0 : landlock_abi());
    if (level == CONFINE_REQUIRE && !is_whole(c))
        return ERR_DENIED;
    execve(argv[0], argv, environment);
    return ERR_IO;
}
