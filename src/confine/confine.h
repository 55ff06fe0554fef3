/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What a process gives up before it meets strangers: new privileges, core dumps (they would hold
 * personal data), all files but those it names and all TCP ports but those it names (Landlock), and
 * all system calls but those its kind of work makes (seccomp). Cannot be undone; threads and
 * children inherit it, so it comes before the first thread. One that a library began before is held
 * to the calls, but not to files and ports.
 *
 * A plan names what stays; nothing else does. A call outside the plan fails with ENOSYS, one that
 * only an intruder makes (ptrace, mount, execve …) ends the process with SIGSYS; a file outside it
 * fails with EACCES. */

#include "base/base.h"

#include <sys/types.h>

enum { CONFINE_PATHS_MOST = 40, CONFINE_PORTS_MOST = 16 };

/* What the process does beside computing and reading and writing descriptors. */
typedef enum confine_act {
    CONFINE_ACCEPTS = 1,   /* takes connections from a socket that listens already */
    CONFINE_LISTENS = 2,   /* makes such sockets */
    CONFINE_CONNECTS = 4,  /* TCP and Unix sockets */
    CONFINE_RESOLVES = 8,  /* looks up host names: UDP, and libraries loaded for it */
    CONFINE_ARRANGES = 16, /* makes, renames and removes files and folders */
    CONFINE_RUNS = 32,     /* becomes one of the programs in `runs` */
    CONFINE_NOTICES = 64,  /* is told of changes below the paths it reads (inotify) */
    CONFINE_STARTS = 128   /* confine_start, after it was confined itself: confine_add_children */
} confine_act;

typedef struct confine_paths {
    str at[CONFINE_PATHS_MOST];
    size_t n;
} confine_paths;

typedef struct confine_ports {
    uint16_t at[CONFINE_PORTS_MOST];
    size_t n;
} confine_ports;

/* 0: no limit but what is in force. */
typedef struct confine_limits {
    int64_t cpu_seconds;
    int64_t memory_bytes; /* address space; not held in builds with the address sanitizer */
    int64_t file_bytes;   /* of one that is written */
} confine_limits;

/* Paths are files, or folders with all below them; they must exist by now, what does not is out of
 * reach for good. A folder that is replaced later is another one. */
typedef struct confine_plan {
    const char *kind; /* for the log: "web" */
    unsigned acts;    /* confine_act */
    confine_paths reads;
    confine_paths writes;   /* also read; nothing can be made or removed there */
    confine_paths arranged; /* also written; files can be made, renamed, removed there */
    confine_paths runs;     /* programs, and what loads them */
    confine_ports listens, connects;
    confine_limits limits; /* confine_program */
} confine_plan;

/* Adds what every child of confine_start reaches besides its own plan, and CONFINE_STARTS: a child
 * never reaches more than the process that starts it. Its program goes into `runs`, its files into
 * the other lists. Without Landlock nothing holds which program that is. */
void confine_add_children(confine_plan *plan);
/* Adds what CONFINE_RESOLVES and TLS need to read on common systems. */
void confine_add_network(confine_plan *plan);
/* Both drop what would be one too many; BUG_IF there are that many. */
void confine_add_path(confine_paths *paths, str path);
void confine_add_port(confine_ports *ports, int64_t port);

typedef struct confinement {
    bool has_no_new_privileges;
    bool has_no_dumps;
    bool has_files; /* Landlock holds the paths of the plan */
    bool has_ports; /* and its TCP ports (Linux 6.7) */
    bool has_calls; /* seccomp holds the calls */
} confinement;

/* What this kernel offers to this process, without giving anything up. */
confinement confine_offered(void);

typedef enum confine_level {
    CONFINE_OFF,    /* only privileges and dumps */
    CONFINE_TRY,    /* what the kernel has; a warning in the log names what it has not */
    CONFINE_REQUIRE /* fails without files or calls */
} confine_level;

/* "off", "try" or "require". */
confine_level confine_level_of(str word);

/* Says in the log what is in force. ERR_DENIED: the level asks for more than there is; the process
 * may be confined in part and must end. */
MUST_USE err confine_process(arena *a, const confine_plan *plan, confine_level level,
                             confinement *out);

/* For a child between fork and execve: confines it without a word in the log and becomes the
 * program argv[0], a path that plan->runs names, with an environment of environment alone. The
 * program and all that it starts stay within the plan. Returns only when that failed. */
MUST_USE err confine_program(arena *a, confine_plan *plan, confine_level level, char *const argv[],
                             char *const environment[]);

/* The same in a child of its own, which reads nothing and has no other descriptor than `output`.
 * The program and its loader are added to plan->runs. */
typedef struct confine_command {
    char *const *arguments;   /* [0]: path of the program; NULL at the end */
    char *const *environment; /* NULL at the end */
    bool has_output;          /* else what it prints goes nowhere */
    int output;
} confine_command;

/* confine_wait must follow. ERR_IO: no child can be made. */
MUST_USE err confine_start(arena *a, confine_plan *plan, confine_level level,
                           const confine_command *command, pid_t *out_child);
/* ERR_INVALID: the child failed, was ended, or could not start the program. */
MUST_USE err confine_wait(pid_t child);
