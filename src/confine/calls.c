/* SPDX-License-Identifier: EUPL-1.2 */
/* The list of system calls, measured with strace over the scenarios on both engines and completed
 * by what glibc may use for the same functions. Arguments are looked at where a call is worth it:
 * no process can be made, only threads, save by CONFINE_STARTS; no memory is both written and run;
 * no socket but TCP, UDP for names, and Unix (an MPTCP one would pass by Landlock's ports).
 *
 * What is on no list fails with ENOSYS, so that a newer glibc falls back to older calls. */

#include "confine/parts.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <netinet/in.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

static const int always[] = {
    /* descriptors */
    SCMP_SYS(read),
    SCMP_SYS(readv),
    SCMP_SYS(pread64),
    SCMP_SYS(preadv),
    SCMP_SYS(write),
    SCMP_SYS(writev),
    SCMP_SYS(pwrite64),
    SCMP_SYS(pwritev),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(openat),
    SCMP_SYS(open),
    SCMP_SYS(openat2),
    SCMP_SYS(fcntl),
    SCMP_SYS(flock),
    SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),
    SCMP_SYS(ftruncate),
    SCMP_SYS(fallocate),
    SCMP_SYS(fadvise64),
    SCMP_SYS(dup),
    SCMP_SYS(getdents64),
    SCMP_SYS(fchmod),
    SCMP_SYS(fchown),
    /* what a file is */
    SCMP_SYS(stat),
    SCMP_SYS(fstat),
    SCMP_SYS(lstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(statfs),
    SCMP_SYS(fstatfs),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(getcwd),
    /* waiting */
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(eventfd2),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_getres),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(restart_syscall),
    /* bytes over sockets that are there */
    SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),
    SCMP_SYS(sendto),
    SCMP_SYS(sendmsg),
    SCMP_SYS(sendfile),
    SCMP_SYS(shutdown),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    /* memory and threads; mmap, mprotect and clone stand below */
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(mlock),
    SCMP_SYS(munlock),
    SCMP_SYS(mincore),
    SCMP_SYS(futex),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(membarrier),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    /* signals to oneself */
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(sigaltstack),
    /* who and where one is */
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(getppid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(getrandom),
    SCMP_SYS(uname),
    SCMP_SYS(sysinfo),
    SCMP_SYS(getrlimit),
    SCMP_SYS(getrusage),
    SCMP_SYS(times),
};

/* By what a plan says the process does. */
static const int accepting[] = {SCMP_SYS(accept), SCMP_SYS(accept4)};
static const int listening[] = {SCMP_SYS(bind), SCMP_SYS(listen)};
static const int connecting[] = {SCMP_SYS(connect), SCMP_SYS(socketpair)};
static const int resolving[] = {SCMP_SYS(bind), SCMP_SYS(sendmmsg), SCMP_SYS(recvmmsg)};
static const int arranging[] = {SCMP_SYS(mkdir),    SCMP_SYS(mkdirat),   SCMP_SYS(rename),
                                SCMP_SYS(renameat), SCMP_SYS(renameat2), SCMP_SYS(unlink),
                                SCMP_SYS(unlinkat), SCMP_SYS(rmdir)};

static const int noticing[] = {SCMP_SYS(inotify_init1), SCMP_SYS(inotify_add_watch),
                               SCMP_SYS(inotify_rm_watch)};

/* A program that starts: its loader, and what such programs do at first. */
static const int running[] = {SCMP_SYS(execve),   SCMP_SYS(arch_prctl), SCMP_SYS(set_tid_address),
                              SCMP_SYS(prctl),    SCMP_SYS(umask),      SCMP_SYS(unlink),
                              SCMP_SYS(unlinkat), SCMP_SYS(getdents),   SCMP_SYS(pipe2)};

/* Making a child, confining it, waiting for it; how it is made stands below. */
static const int parenting[] = {SCMP_SYS(wait4),
                                SCMP_SYS(dup2),
                                SCMP_SYS(dup3),
                                SCMP_SYS(close_range),
                                SCMP_SYS(seccomp),
                                SCMP_SYS(landlock_create_ruleset),
                                SCMP_SYS(landlock_add_rule),
                                SCMP_SYS(landlock_restrict_self)};

/* Only an intruder makes these, unless the plan says otherwise. */
static const int starting[] = {SCMP_SYS(execve), SCMP_SYS(execveat)};
static const int fatal[] = {
    SCMP_SYS(process_vm_readv),
    SCMP_SYS(mount),
    SCMP_SYS(process_vm_writev),
    SCMP_SYS(umount2),
    SCMP_SYS(pivot_root),
    SCMP_SYS(chroot),
    SCMP_SYS(setns),
    SCMP_SYS(unshare),
    SCMP_SYS(bpf),
    SCMP_SYS(init_module),
    SCMP_SYS(kexec_load),
    SCMP_SYS(finit_module),
    SCMP_SYS(perf_event_open),
    SCMP_SYS(userfaultfd),
    SCMP_SYS(io_uring_setup),
    SCMP_SYS(keyctl),
    SCMP_SYS(add_key),
    SCMP_SYS(request_key),
#if !CONFINE_IS_SANITIZED
    SCMP_SYS(ptrace),
#endif
};

#if CONFINE_IS_SANITIZED
/* The leak check at the end stops all threads from a process of its own. */
static const int sanitizing[] = {
    SCMP_SYS(ptrace),    SCMP_SYS(clone),  SCMP_SYS(wait4),      SCMP_SYS(prctl),
    SCMP_SYS(kill),      SCMP_SYS(tgkill), SCMP_SYS(tkill),      SCMP_SYS(setrlimit),
    SCMP_SYS(prlimit64), SCMP_SYS(pipe2),  SCMP_SYS(arch_prctl), SCMP_SYS(getdents),
    SCMP_SYS(ioctl),
};
#endif

typedef struct call_list {
    const int *at;
    size_t n;
} call_list;

#define CALLS(array) ((call_list){(array), sizeof(array) / sizeof *(array)})

/* Adds to *is_good: the first failure stays. */
static void add(scmp_filter_ctx filter, bool *is_good, uint32_t action, call_list calls)
{
    for (size_t i = 0; i < calls.n && *is_good; i++)
        *is_good = seccomp_rule_add(filter, action, calls.at[i], 0) == 0;
}

/* As SCMP_A0 and its like, which clang warns of. */
static struct scmp_arg_cmp argument(unsigned number, enum scmp_compare how, uint64_t a, uint64_t b)
{
    return (struct scmp_arg_cmp){.arg = number, .op = how, .datum_a = a, .datum_b = b};
}

static void allow_if(scmp_filter_ctx filter, bool *is_good, int call, struct scmp_arg_cmp one)
{
    *is_good = *is_good && seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, one) == 0;
}

static void allow_memory(scmp_filter_ctx f, bool *is_good, bool loads_libraries)
{
    allow_if(f, is_good, SCMP_SYS(mmap), argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (loads_libraries)
        allow_if(f, is_good, SCMP_SYS(mmap),
                 argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC));
    allow_if(f, is_good, SCMP_SYS(mprotect), argument(2, SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

/* clone3 takes its flags from memory, which no filter can see: glibc falls back to clone. */
static void allow_threads(scmp_filter_ctx f, bool *is_good)
{
    const uint64_t thread = CLONE_VM | CLONE_THREAD;
    allow_if(f, is_good, SCMP_SYS(clone), argument(0, SCMP_CMP_MASKED_EQ, thread, thread));
    allow_if(f, is_good, SCMP_SYS(prctl), argument(0, SCMP_CMP_EQ, PR_SET_NAME, 0));
    allow_if(f, is_good, SCMP_SYS(tgkill), argument(0, SCMP_CMP_EQ, (uint32_t)getpid(), 0));
    allow_if(f, is_good, SCMP_SYS(prlimit64), argument(2, SCMP_CMP_EQ, 0, 0)); /* reads it only */
    allow_if(f, is_good, SCMP_SYS(ioctl), argument(1, SCMP_CMP_EQ, FIONREAD, 0));
    allow_if(f, is_good, SCMP_SYS(ioctl), argument(1, SCMP_CMP_EQ, FIONBIO, 0));
    allow_if(f, is_good, SCMP_SYS(ioctl), argument(1, SCMP_CMP_EQ, TCGETS, 0));
}

static void allow_socket(scmp_filter_ctx f, bool *is_good, int family, int type, int protocol)
{
    *is_good = *is_good && seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), 3,
                                            argument(0, SCMP_CMP_EQ, (uint32_t)family, 0),
                                            argument(1, SCMP_CMP_MASKED_EQ, 0xf, (uint32_t)type),
                                            argument(2, SCMP_CMP_EQ, (uint32_t)protocol, 0)) == 0;
}

static void allow_sockets(scmp_filter_ctx f, bool *is_good, unsigned acts)
{
    static const int families[] = {AF_INET, AF_INET6};
    for (size_t i = 0; i < 2; i++) {
        allow_socket(f, is_good, families[i], SOCK_STREAM, 0);
        allow_socket(f, is_good, families[i], SOCK_STREAM, IPPROTO_TCP);
        if (!(acts & CONFINE_RESOLVES))
            continue;
        allow_socket(f, is_good, families[i], SOCK_DGRAM, 0);
        allow_socket(f, is_good, families[i], SOCK_DGRAM, IPPROTO_UDP);
    }
    allow_socket(f, is_good, AF_UNIX, SOCK_STREAM, 0);
    if (acts & CONFINE_RESOLVES) /* which addresses this machine has; its scheduler of names */
        allow_socket(f, is_good, AF_NETLINK, SOCK_RAW, 0);
}

/* fork and nothing else that clone can do; limits of its own, which only fall. What the programs
 * do is allowed here, too, as their filter only takes away from this one. */
static void allow_children(scmp_filter_ctx f, bool *is_good)
{
    const uint64_t either = CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
    allow_if(f, is_good, SCMP_SYS(clone), argument(0, SCMP_CMP_MASKED_EQ, ~either, SIGCHLD));
    allow_if(f, is_good, SCMP_SYS(prlimit64), argument(0, SCMP_CMP_EQ, 0, 0));
    add(f, is_good, SCMP_ACT_ALLOW, CALLS(parenting));
}

static void allow_acts(scmp_filter_ctx f, bool *is_good, unsigned acts)
{
    if (acts & CONFINE_ACCEPTS)
        add(f, is_good, SCMP_ACT_ALLOW, CALLS(accepting));
    if (acts & CONFINE_LISTENS)
        add(f, is_good, SCMP_ACT_ALLOW, CALLS(listening));
    if (acts & CONFINE_CONNECTS)
        add(f, is_good, SCMP_ACT_ALLOW, CALLS(connecting));
    if (acts & CONFINE_RESOLVES)
        add(f, is_good, SCMP_ACT_ALLOW, CALLS(resolving));
    if (acts & CONFINE_ARRANGES)
        add(f, is_good, SCMP_ACT_ALLOW, CALLS(arranging));
    if (acts & CONFINE_NOTICES)
        add(f, is_good, SCMP_ACT_ALLOW, CALLS(noticing));
    if (acts & CONFINE_STARTS)
        allow_children(f, is_good);
    if (acts & (CONFINE_RUNS | CONFINE_STARTS))
        add(f, is_good, SCMP_ACT_ALLOW, CALLS(running));
    if (acts & (CONFINE_LISTENS | CONFINE_CONNECTS | CONFINE_RESOLVES))
        allow_sockets(f, is_good, acts);
}

bool calls_are_offered(void)
{
    uint32_t action = SECCOMP_RET_KILL_PROCESS;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

bool calls_restrict(const confine_plan *plan)
{
    scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    bool is_good = f && seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) == 0 &&
                   seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2) == 0 &&
                   /* a library may have begun a thread already: it is held, too */
                   seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1) == 0;
    add(f, &is_good, SCMP_ACT_ALLOW, CALLS(always));
    allow_memory(f, &is_good, plan->acts & (CONFINE_RESOLVES | CONFINE_RUNS | CONFINE_STARTS));
    allow_threads(f, &is_good);
    allow_acts(f, &is_good, plan->acts);
#if CONFINE_IS_SANITIZED
    add(f, &is_good, SCMP_ACT_ALLOW, CALLS(sanitizing));
#endif
    if (!(plan->acts & (CONFINE_RUNS | CONFINE_STARTS)))
        add(f, &is_good, SCMP_ACT_KILL_PROCESS, CALLS(starting));
    add(f, &is_good, SCMP_ACT_KILL_PROCESS, CALLS(fatal));
    is_good = is_good && seccomp_load(f) == 0;
    seccomp_release(f);
    return is_good;
}
