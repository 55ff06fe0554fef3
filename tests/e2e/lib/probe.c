/* SPDX-License-Identifier: EUPL-1.2 */
/* An intruder for tests: preloaded into the real program, it waits inside each of its processes for
 * a signal and then does what somebody would who runs code of their own there. One line an act on
 * stderr: "probe NAME ERROR". SIGUSR1: all acts that are refused; SIGUSR2: one that ends it. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static char data[512], outside[512];
static int port_of_relay, port_of_other;

static void tell(const char *name, long result)
{
    char line[200];
    int error = result >= 0 ? 0 : errno;
    int n =
        snprintf(line, sizeof line, "probe %s %s\n", name, error ? strerrorname_np(error) : "done");
    if (write(2, line, (size_t)n) < 0)
        _exit(99);
}

static void try_file(const char *name, const char *folder, const char *rest, int flags)
{
    char path[1100];
    snprintf(path, sizeof path, "%s%s", folder, rest);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags | O_CLOEXEC, 0600);
    tell(name, fd);
    if (fd >= 0)
        close(fd);
}

static void try_files(void)
{
    char path[1100];
    try_file("read-master-key", data, "/keys/master.key", O_RDONLY);
    try_file("read-log-key", data, "/keys/log.key", O_RDONLY);
    try_file("read-database", data, "/undersigned.db", O_RDONLY);
    try_file("write-database", data, "/undersigned.db", O_RDWR);
    try_file("read-checkpoint", data, "/log/2026/checkpoint", O_RDONLY);
    try_file("write-checkpoint", data, "/log/2026/checkpoint", O_WRONLY);
    try_file("make-log-file", data, "/log/2026/probe", O_WRONLY | O_CREAT);
    try_file("make-data-file", data, "/probe", O_WRONLY | O_CREAT);
    try_file("make-media-file", data, "/media/probe", O_WRONLY | O_CREAT);
    try_file("read-content", data, "/../content/page/privacy/en.md", O_RDONLY);
    try_file("write-content", data, "/../content/page/privacy/en.md", O_WRONLY);
    try_file("read-mails", data, "/inbox", O_RDONLY | O_DIRECTORY);
    try_file("read-outside", outside, "", O_RDONLY);
    try_file("make-outside", "/tmp", "/undersigned-probe", O_WRONLY | O_CREAT);
    try_file("read-passwd", "/etc/passwd", "", O_RDONLY);
    try_file("read-root", "/root", "", O_RDONLY | O_DIRECTORY);
    try_file("read-own-memory", "/proc/self/mem", "", O_RDONLY);
    try_file("read-environment", "/proc/1/environ", "", O_RDONLY);
    snprintf(path, sizeof path, "%s/keys/log.key", data);
    tell("remove-log-key", syscall(SYS_unlink, path));
    tell("chmod-log-key", syscall(SYS_chmod, path, 0644));
    tell("link-log-key", syscall(SYS_link, path, outside));
    tell("symlink", syscall(SYS_symlink, path, "/tmp/undersigned-probe-link"));
    tell("change-folder", syscall(SYS_chdir, "/"));
}

static void try_connect(const char *name, int port)
{
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = (int)syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    tell(name, fd < 0 ? fd : syscall(SYS_connect, fd, &to, sizeof to));
    if (fd >= 0)
        close(fd);
}

static void try_sockets(void)
{
    struct sockaddr_in any = {.sin_family = AF_INET};
    try_connect("connect-relay", port_of_relay);
    try_connect("connect-other", port_of_other);
    int fd = (int)syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    tell("bind-port", fd < 0 ? fd : syscall(SYS_bind, fd, &any, sizeof any));
    tell("listen", syscall(SYS_listen, fd, 5));
    if (fd >= 0)
        close(fd);
    tell("udp-socket", syscall(SYS_socket, AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    tell("mptcp-socket", syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 262));
    tell("packet-socket", syscall(SYS_socket, AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
    tell("raw-socket", syscall(SYS_socket, AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_TCP));
}

static void try_process(void)
{
    const int all = PROT_READ | PROT_WRITE | PROT_EXEC;
    long p = syscall(SYS_mmap, NULL, 4096, all, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    tell("run-what-is-written", p);
    p = syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    tell("make-code-run", syscall(SYS_mprotect, p, 4096, PROT_READ | PROT_EXEC));
    tell("code-in-memory-file", syscall(SYS_memfd_create, "probe", 0));
    long child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        _exit(0);
    tell("fork", child);
    tell("signal-supervisor", syscall(SYS_kill, getppid(), 0));
    tell("become-somebody", syscall(SYS_setuid, 65534));
    tell("read-kernel-log", syscall(SYS_syslog, 3, &p, 1));
    tell("watch-files", syscall(SYS_inotify_init1, 0));
    tell("raise-descriptors", syscall(SYS_setrlimit, 7, &(long[2]){1, 1}));
    tell("say-done", 0);
}

static void try_all(int number)
{
    (void)number;
    int kept = errno;
    try_files();
    try_sockets();
    try_process();
    errno = kept;
}

static void run_program(int number)
{
    (void)number;
    char *arguments[] = {"sh", "-c", "echo probe ran >&2", NULL};
    syscall(SYS_execve, "/bin/sh", arguments, environ);
    tell("execve", -1);
}

__attribute__((constructor)) static void settle(void)
{
    const char *words[] = {getenv("PROBE_DATA"), getenv("PROBE_OUTSIDE"), getenv("PROBE_RELAY"),
                           getenv("PROBE_OTHER")};
    for (size_t i = 0; i < 4; i++)
        if (!words[i])
            return;
    snprintf(data, sizeof data, "%s", words[0]);
    snprintf(outside, sizeof outside, "%s", words[1]);
    port_of_relay = atoi(words[2]);
    port_of_other = atoi(words[3]);
    struct sigaction act = {.sa_handler = try_all, .sa_flags = SA_RESTART};
    sigaction(SIGUSR1, &act, NULL);
    act.sa_handler = run_program;
    sigaction(SIGUSR2, &act, NULL);
}
