/* SPDX-License-Identifier: EUPL-1.2 */
/* Tries what a confined process must be able to do and what it must not. Each try is a child of its
 * own: there is no way back. What real processes keep is probed in tests/e2e/sandbox.mjs. */

#include "confine/confine.h"

#include "confine/parts.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

static char home[] = "/tmp/confine-XXXXXX";
static uint16_t open_port, other_port; /* both are listened on */

static char *at(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", home, name);
    return path;
}

static int listener(uint16_t *out_port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t n = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(fd, (struct sockaddr *)&address, n) != 0 || listen(fd, 9) != 0 ||
        getsockname(fd, (struct sockaddr *)&address, &n) != 0)
        return -1;
    *out_port = ntohs(address.sin_port);
    return 0;
}

static int make_home(void **state)
{
    (void)state;
    if (!mkdtemp(home) || mkdir(at("data"), 0700) != 0 || mkdir(at("shown"), 0700) != 0)
        return -1;
    for (size_t i = 0; i < 3; i++) {
        static const char *const names[] = {"shown/text", "secret", "written"};
        int fd = open(at(names[i]), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        if (fd < 0 || close(fd) != 0)
            return -1;
    }
    return listener(&open_port) + listener(&other_port);
}

static confine_plan plan_of(unsigned acts)
{
    static char data[64], shown[64], written[64];
    snprintf(data, sizeof data, "%s", at("data"));
    snprintf(shown, sizeof shown, "%s", at("shown"));
    snprintf(written, sizeof written, "%s", at("written"));
    confine_plan plan = {.kind = "test", .acts = acts};
    confine_add_path(&plan.arranged, str_of(data));
    confine_add_path(&plan.reads, str_of(shown));
    confine_add_path(&plan.reads, S("/no/such/folder"));
    confine_add_path(&plan.writes, str_of(written));
    confine_add_port(&plan.connects, open_port);
    return plan;
}

/* Runs body in a confined child; its wait status, with the errno that body returned as code. */
static int confined(unsigned acts, int (*body)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        arena *a = arena_open(1 << 16);
        confine_plan plan = plan_of(acts);
        confinement held;
        if (confine_process(a, &plan, CONFINE_REQUIRE, &held) != OK)
            _exit(255);
        _exit(body());
    }
    waitpid(pid, &status, 0);
    return status;
}

#define ASSERT_GIVES(error, acts, body)                                                            \
    do {                                                                                           \
        int status_ = confined((acts), (body));                                                    \
        assert_true(WIFEXITED(status_));                                                           \
        assert_int_equal(WEXITSTATUS(status_), (error));                                           \
    } while (0)

static int try_open(const char *name, int flags)
{
    return open(name, flags | O_CLOEXEC, 0600) >= 0 ? 0 : errno;
}

static int read_shown(void)
{
    return try_open(at("shown/text"), O_RDONLY);
}

static int write_shown(void)
{
    return try_open(at("shown/text"), O_WRONLY);
}

static int make_inside(void)
{
    return try_open(at("data/new"), O_WRONLY | O_CREAT);
}

static int make_outside(void)
{
    return try_open(at("new"), O_WRONLY | O_CREAT);
}

static int write_named(void)
{
    return try_open(at("written"), O_RDWR | O_CREAT | O_TRUNC);
}

static int read_secret(void)
{
    return try_open(at("secret"), O_RDONLY);
}

static int read_passwords(void)
{
    return try_open("/etc/passwd", O_RDONLY);
}

static int remove_named(void)
{
    return unlink(at("written")) == 0 ? 0 : errno;
}

static int remove_inside(void)
{
    return try_open(at("data/old"), O_WRONLY | O_CREAT) != 0 ? -1
           : unlink(at("data/old")) == 0                     ? 0
                                                             : errno;
}

static void files_are_those_of_the_plan(void **state)
{
    (void)state;
    ASSERT_GIVES(0, CONFINE_ARRANGES, read_shown);
    ASSERT_GIVES(EACCES, CONFINE_ARRANGES, write_shown);
    ASSERT_GIVES(0, CONFINE_ARRANGES, make_inside);
    ASSERT_GIVES(EACCES, CONFINE_ARRANGES, make_outside);
    ASSERT_GIVES(0, CONFINE_ARRANGES, write_named);
    ASSERT_GIVES(EACCES, CONFINE_ARRANGES, read_secret);
    ASSERT_GIVES(EACCES, CONFINE_ARRANGES, read_passwords);
    ASSERT_GIVES(0, CONFINE_ARRANGES, remove_inside);
    ASSERT_GIVES(EACCES, CONFINE_ARRANGES, remove_named);
    ASSERT_GIVES(ENOSYS, 0, remove_inside);
}

static int connect_to(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
}

static int connect_named(void)
{
    return connect_to(open_port);
}

static int connect_other(void)
{
    return connect_to(other_port);
}

static int bind_any(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return bind(fd, (struct sockaddr *)&address, sizeof address) == 0 ? 0 : errno;
}

static int socket_of(int family, int type, int protocol)
{
    return socket(family, type | SOCK_CLOEXEC, protocol) >= 0 ? 0 : errno;
}

static int make_mptcp(void)
{
    return socket_of(AF_INET, SOCK_STREAM, 262);
}

static int make_datagram(void)
{
    return socket_of(AF_INET, SOCK_DGRAM, 0);
}

static int make_packet(void)
{
    return socket_of(AF_PACKET, SOCK_RAW, 0);
}

static void sockets_are_those_of_the_plan(void **state)
{
    (void)state;
    ASSERT_GIVES(0, CONFINE_CONNECTS, connect_named);
    ASSERT_GIVES(ENOSYS, 0, connect_named);
    ASSERT_GIVES(ENOSYS, CONFINE_CONNECTS, make_mptcp);
    ASSERT_GIVES(ENOSYS, CONFINE_CONNECTS, make_datagram);
    ASSERT_GIVES(0, CONFINE_CONNECTS | CONFINE_RESOLVES, make_datagram);
    ASSERT_GIVES(ENOSYS, CONFINE_CONNECTS | CONFINE_RESOLVES, make_packet);
    ASSERT_GIVES(ENOSYS, CONFINE_CONNECTS, bind_any);
    if (!confine_offered().has_ports)
        skip();
    ASSERT_GIVES(EACCES, CONFINE_CONNECTS, connect_other);
    ASSERT_GIVES(EACCES, CONFINE_LISTENS, bind_any);
}

static void *nothing(void *arg)
{
    return arg;
}

static int start_thread(void)
{
    pthread_t thread;
    int code = pthread_create(&thread, NULL, nothing, NULL);
    return code ? code : pthread_join(thread, NULL);
}

/* A library's thread, begun before anybody was confined. */
static pthread_mutex_t until_confined = PTHREAD_MUTEX_INITIALIZER;
static int packet_by_old_thread;

static void *make_packet_later(void *arg)
{
    pthread_mutex_lock(&until_confined);
    packet_by_old_thread = make_packet();
    pthread_mutex_unlock(&until_confined);
    return arg;
}

static int packet_of_old_thread(void)
{
    pthread_t old;
    arena *a = arena_open(1 << 16);
    confine_plan plan = plan_of(CONFINE_CONNECTS);
    confinement held;
    pthread_mutex_lock(&until_confined);
    if (pthread_create(&old, NULL, make_packet_later, NULL) != 0 ||
        confine_process(a, &plan, CONFINE_REQUIRE, &held) != OK)
        return 255;
    pthread_mutex_unlock(&until_confined);
    pthread_join(old, NULL);
    arena_close(a);
    return packet_by_old_thread;
}

/* What body returns in a child of its own. */
static int in_child(int (*body)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0)
        _exit(body());
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_thread_that_is_there_is_held(void **state)
{
    (void)state;
    assert_int_equal(in_child(packet_of_old_thread), ENOSYS);
}

static int run_what_is_written(void)
{
    int mode = PROT_READ | PROT_WRITE | PROT_EXEC;
    void *p = mmap(NULL, 4096, mode, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? errno : 0;
}

static int make_writable_code_run(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0 ? 0 : errno;
}

static int signal_parent(void)
{
    return kill(getppid(), 0) == 0 ? 0 : errno;
}

static int change_mode(void)
{
    return chmod(at("written"), 0666) == 0 ? 0 : errno;
}

static int raise_core_limit(void)
{
    const struct rlimit some = {1, 1};
    return setrlimit(RLIMIT_CORE, &some) == 0 ? 0 : errno;
}

static int look_at_core_limit(void)
{
    struct rlimit core;
    return getrlimit(RLIMIT_CORE, &core) == 0 ? (int)core.rlim_cur : errno;
}

static int start_program(void)
{
    char *arguments[] = {(char[]){"true"}, NULL};
    execv("/bin/true", arguments);
    return errno;
}

static int enter_namespace(void)
{
    return unshare(CLONE_NEWUSER) == 0 ? 0 : errno;
}

static void calls_are_those_of_the_plan(void **state)
{
    (void)state;
    ASSERT_GIVES(0, 0, start_thread);
    ASSERT_GIVES(ENOSYS, CONFINE_RESOLVES, run_what_is_written);
    ASSERT_GIVES(ENOSYS, CONFINE_RESOLVES, make_writable_code_run);
    ASSERT_GIVES(ENOSYS, 0, change_mode);
    ASSERT_GIVES(0, 0, look_at_core_limit);
#if !CONFINE_IS_SANITIZED /* the leak check needs these */
    ASSERT_GIVES(ENOSYS, 0, signal_parent);
    ASSERT_GIVES(ENOSYS, 0, raise_core_limit);
#else
    (void)signal_parent;
    (void)raise_core_limit;
#endif
}

static void what_only_an_intruder_does_ends_the_process(void **state)
{
    (void)state;
    int (*const tries[])(void) = {start_program, enter_namespace};
    for (size_t i = 0; i < 2; i++) {
        int status = confined(CONFINE_CONNECTS | CONFINE_RESOLVES | CONFINE_ARRANGES, tries[i]);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGSYS);
    }
}

/* Nothing asked, nothing held but what is always given up. */
static void off_is_off(void **state)
{
    (void)state;
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        arena *a = arena_open(1 << 16);
        confine_plan plan = plan_of(0);
        confinement held;
        bool is_good = confine_process(a, &plan, CONFINE_OFF, &held) == OK && !held.has_files &&
                       !held.has_calls && held.has_no_dumps && held.has_no_new_privileges;
        arena_close(a);
        _exit(is_good ? read_secret() : 255);
    }
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* cat stands for a program that reads what strangers made. */
static int run_program(const char *program, char *first, char *second)
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        arena *a = arena_open(1 << 16);
        char *arguments[] = {arena_cstr(a, str_of(program)), arena_cstr(a, str_of(first)), second,
                             NULL};
        confine_plan plan = plan_of(0);
        char *environment[] = {NULL};
        confine_add_path(&plan.runs, str_of(program));
        confine_add_path(&plan.runs, S("/lib64/ld-linux-x86-64.so.2"));
        err e = confine_program(a, &plan, CONFINE_REQUIRE, arguments, environment);
        _exit(e == OK ? 254 : 255);
    }
    waitpid(pid, &status, 0);
    return status;
}

static void a_program_stays_in_the_plan(void **state)
{
    (void)state;
    assert_int_equal(run_program("/bin/cat", at("shown/text"), NULL), 0);
    int status = run_program("/bin/cat", at("secret"), NULL);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
    /* It may become no other one: the shell says 126 for what it cannot run. */
    static char say[] = "-c", other[] = "exec /bin/cat /dev/null";
    status = run_program("/bin/sh", say, other);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 126);
}

/* What a confined process starts: cat, with its own plan or none. 0: it read the file. */
static int start_cat(const char *path, const char *program)
{
    arena *a = arena_open(1 << 20);
    pid_t child;
    char *arguments[] = {arena_cstr(a, str_of(program)), arena_cstr(a, str_of(path)), NULL};
    char *environment[] = {NULL};
    confine_plan plan = {.kind = "child"};
    confine_add_path(&plan.reads, str_of(path));
    const confine_command command = {.arguments = arguments, .environment = environment};
    err e = confine_start(a, &plan, CONFINE_REQUIRE, &command, &child);
    if (e == OK)
        e = confine_wait(child);
    arena_close(a);
    return e == OK ? 0 : e == ERR_INVALID ? 1 : 2;
}

static int start_on_shown(void)
{
    return start_cat(at("shown/text"), "/bin/cat");
}

static int start_on_secret(void)
{
    return start_cat(at("secret"), "/bin/cat");
}

/* With an output of its own: what it says of the signals it does not hear. */
static int start_on_mask(void)
{
    arena *a = arena_open(1 << 20);
    pid_t child;
    int ends[2];
    sigset_t stop;
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &stop, NULL);
    char *arguments[] = {(char[]){"/bin/cat"}, (char[]){"/proc/self/status"}, NULL};
    char *environment[] = {NULL};
    confine_plan plan = {.kind = "child"};
    confine_add_path(&plan.reads, S("/proc"));
    if (pipe2(ends, O_CLOEXEC) != 0)
        return 2;
    const confine_command command = {
        .arguments = arguments, .environment = environment, .has_output = true, .output = ends[1]};
    err e = confine_start(a, &plan, CONFINE_REQUIRE, &command, &child);
    close(ends[1]);
    char *text = arena_alloc(a, 8192);
    ssize_t n, all = 0;
    while ((n = read(ends[0], text + all, 8192 - (size_t)all)) > 0)
        all += n;
    if (e != OK || confine_wait(child) != OK)
        return 3;
    str said = {text, (size_t)all}, blocked = S("SigBlk:\t0000000000000000\n");
    return str_find_str(said, blocked) < said.n ? 0 : 1;
}

static int start_another(void)
{
    return start_cat(at("shown/text"), "/bin/ls");
}

static int become_another(void)
{
    char *arguments[] = {(char[]){"true"}, NULL};
    execv("/bin/true", arguments);
    return errno;
}

static int fork_into_namespace(void)
{
    long child = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (child == 0)
        _exit(0);
    return child > 0 ? 0 : errno;
}

static int confined_parent(int (*body)(void))
{
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        arena *a = arena_open(1 << 16);
        confine_plan plan = plan_of(0);
        confinement held;
        confine_add_children(&plan);
        confine_add_path(&plan.runs, S("/bin/cat"));
        if (confine_process(a, &plan, CONFINE_REQUIRE, &held) != OK)
            _exit(255);
        _exit(body());
    }
    waitpid(pid, &status, 0);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void a_child_reaches_no_more_than_its_parent(void **state)
{
    (void)state;
    assert_int_equal(confined_parent(start_on_shown), 0);
    assert_int_equal(confined_parent(start_on_secret), 1); /* its own plan names it */
    assert_int_equal(confined_parent(start_another), 1);
    assert_int_equal(confined_parent(become_another), EACCES);
#if !CONFINE_IS_SANITIZED /* the leak check needs clone and kill */
    assert_int_equal(confined_parent(fork_into_namespace), ENOSYS);
    assert_int_equal(confined_parent(signal_parent), ENOSYS);
#else
    (void)fork_into_namespace;
#endif
}

static void a_child_hears_signals_that_its_parent_waits_for(void **state)
{
    (void)state;
    assert_int_equal(in_child(start_on_mask), 0);
}

static void words_are_levels(void **state)
{
    (void)state;
    assert_int_equal(confine_level_of(S("off")), CONFINE_OFF);
    assert_int_equal(confine_level_of(S("try")), CONFINE_TRY);
    assert_int_equal(confine_level_of(S("require")), CONFINE_REQUIRE);
}

int main(void)
{
    const struct CMUnitTest held[] = {
        cmocka_unit_test(files_are_those_of_the_plan),
        cmocka_unit_test(sockets_are_those_of_the_plan),
        cmocka_unit_test(calls_are_those_of_the_plan),
        cmocka_unit_test(a_thread_that_is_there_is_held),
        cmocka_unit_test(what_only_an_intruder_does_ends_the_process),
        cmocka_unit_test(a_program_stays_in_the_plan),
        cmocka_unit_test(a_child_reaches_no_more_than_its_parent),
        cmocka_unit_test(a_child_hears_signals_that_its_parent_waits_for),
    };
    const struct CMUnitTest always[] = {
        cmocka_unit_test(off_is_off),
        cmocka_unit_test(words_are_levels),
    };
    confinement offered = confine_offered();
    int failed = 0;
    if (offered.has_files && offered.has_calls)
        failed = cmocka_run_group_tests(held, make_home, NULL);
    else if (make_home(NULL) != 0)
        return 1;
    return failed + cmocka_run_group_tests(always, NULL, NULL);
}
