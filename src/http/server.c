/* SPDX-License-Identifier: EUPL-1.2 */
/* Opening, running and stopping the whole. */

#include "http/server.h"

#include "base/log.h"
#include "base/random.h"
#include "http/io.h"

#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static bool take_number(int *number, int fallback, int most)
{
    if (*number == 0)
        *number = fallback;
    return *number > 0 && *number <= most;
}

static bool take_size(size_t *size, size_t fallback, size_t most)
{
    if (*size == 0)
        *size = fallback;
    return *size <= most;
}

static bool take_options(server_options *o)
{
    const int day_ms = 24 * 3600 * 1000;
    return take_number(&o->io_threads, 1, 16) && take_number(&o->workers, 16, 128) &&
           take_number(&o->queue_most, 1024, 1 << 20) &&
           take_number(&o->connections_most, 10000, 1 << 20) &&
           take_size(&o->head_bytes_most, 16 * 1024, HEAD_BYTES_LIMIT) &&
           take_size(&o->body_bytes_most, 1 << 20, 1 << 30) &&
           take_size(&o->request_bytes_most, 32 << 20, 1 << 30) &&
           take_number(&o->head_deadline_ms, 10 * 1000, day_ms) &&
           take_number(&o->body_deadline_ms, 30 * 1000, day_ms) &&
           take_number(&o->write_deadline_ms, 10 * 1000, day_ms) &&
           take_number(&o->idle_ms, 60 * 1000, day_ms) &&
           take_number(&o->stop_ms, 10 * 1000, day_ms);
}

static bool take_trusted(server *s, str_list proxies)
{
    s->trusted.at = arena_array(s->a, net, proxies.n);
    for (size_t i = 0; i < proxies.n; i++) {
        if (net_read(proxies.at[i], &s->trusted.at[i]) != OK) {
            LOG(LOG_ERROR, "http.options", log_str("trusted_proxy", proxies.at[i]));
            return false;
        }
    }
    s->trusted.n = proxies.n;
    return true;
}

/* Each connection is a descriptor; the soft limit is often 1024 for no good reason. */
static void raise_descriptors(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

err server_open(const server_options *options, handler *handle, void *app, server **out_server)
{
    arena *a = arena_open(1 << 20);
    server *s = arena_new(a, server);
    s->a = a;
    s->options = *options;
    s->handle = handle;
    s->app = app;
    s->listener = s->spare_fd = -1;
    if (!take_options(&s->options) || !take_trusted(s, options->trusted_proxies)) {
        LOG_EVENT(LOG_ERROR, "http.options");
        arena_close(a);
        return ERR_INVALID;
    }
    s->options.origin = arena_copy(a, options->origin);
    s->options.listen = arena_copy(a, options->listen);
    s->policy = reply_policy(a, options->origin, false);
    s->policy_framed = reply_policy(a, options->origin, true);
    random_fill(&s->id_base, sizeof s->id_base);
    raise_descriptors();
    err e = listen_open(s);
    if (e != OK) {
        listen_close(s);
        arena_close(a);
        return e;
    }
    pthread_mutex_init(&s->queue.lock, NULL);
    pthread_cond_init(&s->queue.filled, NULL);
    s->ios = arena_array(a, io *, (size_t)s->options.io_threads);
    for (int i = 0; i < s->options.io_threads; i++)
        s->ios[i] = io_open(s, i);
    *out_server = s;
    return OK;
}

err server_run(server *s)
{
    /* sendfile has no flag for it. */
    signal(SIGPIPE, SIG_IGN);
    work_open(s);
    for (int i = 1; i < s->options.io_threads; i++)
        BUG_IF(pthread_create(&s->ios[i]->thread, NULL, io_run, s->ios[i]) != 0);
    io_run(s->ios[0]);
    for (int i = 1; i < s->options.io_threads; i++)
        pthread_join(s->ios[i]->thread, NULL);
    work_close(s);
    return OK;
}

void server_stop(server *s)
{
    atomic_store(&s->stops, true);
    for (int i = 0; i < s->options.io_threads; i++)
        io_wake(s->ios[i]);
}

void server_close(server *s)
{
    if (!s)
        return;
    for (int i = 0; i < s->options.io_threads; i++)
        io_close(s->ios[i]);
    listen_close(s);
    if (s->spare_fd >= 0)
        close(s->spare_fd);
    pthread_mutex_destroy(&s->queue.lock);
    pthread_cond_destroy(&s->queue.filled);
    arena_close(s->a);
}

int server_port(const server *s)
{
    return s->port;
}
