/* SPDX-License-Identifier: EUPL-1.2 */
/* One file a log: the last checkpoint that was cosigned, with the log's signature, so that the
 * memory of the witness is evidence, too. The order is check, file, fsync, cosignature: a crash
 * between the last two leaves a witness that remembers more than it has said, and the log hears
 * of it with its next question. */

#include "witness/witness.h"

#include "base/file.h"
#include "base/log.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOME_BYTES_MOST = 64 << 20, KEYS_MOST = 8 };

/* What is known of one log. */
typedef struct watched {
    str origin;
    note_key keys[KEYS_MOST];
    size_t keys_n;
    const char *file; /* in the directory */
    pthread_mutex_t lock;
    uint64_t size; /* 0: never cosigned, or the empty tree */
    hash32 root;
} watched;

struct witness {
    arena *home;
    str name;
    sign_key key;
    int directory_fd;
    watched *logs;
    size_t n;
};

static watched *find(const witness *w, str origin)
{
    for (size_t i = 0; i < w->n; i++)
        if (str_eq(w->logs[i].origin, origin))
            return &w->logs[i];
    return NULL;
}

static err add_log(witness *w, const witness_log *log)
{
    watched *l = find(w, log->origin);
    if (!l) {
        l = &w->logs[w->n++];
        hash32 hash = hash_sha256(log->origin);
        *l = (watched){.origin = log->origin, .root = hash_sha256(S(""))};
        l->file = arena_cstr(w->home, hex_make(w->home, hash_str(&hash)));
        BUG_IF(pthread_mutex_init(&l->lock, NULL) != 0);
    }
    if (l->keys_n == KEYS_MOST)
        return ERR_INVALID;
    l->keys[l->keys_n++] = log->key;
    return OK;
}

static err take_up(witness *w, watched *l)
{
    str note, text;
    note_lines lines;
    checkpoint c;
    struct stat info;
    if (fstatat(w->directory_fd, l->file, &info, AT_SYMLINK_NOFOLLOW) != 0)
        return OK; /* never cosigned */
    err e = file_read(w->home, w->directory_fd, l->file, NOTE_MAX_BYTES, &note);
    if (e == OK)
        e = note_split(w->home, note, &text, &lines);
    if (e == OK)
        e = note_checkpoint_text(w->home, text, &c);
    if (e == OK && !str_eq(c.origin, l->origin))
        e = ERR_INVALID;
    if (e != OK) {
        LOG(LOG_ERROR, "witness.damaged", log_str("log", l->origin),
            log_str("file", str_of(l->file)));
        return e == ERR_IO ? e : ERR_INVALID;
    }
    l->size = c.size;
    l->root = c.root;
    return OK;
}

static err open_directory(witness *w, const char *directory)
{
    mkdir(directory, 0700);
    w->directory_fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w->directory_fd < 0)
        return ERR_IO;
    return flock(w->directory_fd, LOCK_EX | LOCK_NB) == 0 ? OK : ERR_BUSY;
}

err witness_open(const char *directory, str name, const sign_key *key, const witness_logs *logs,
                 witness **out_witness)
{
    arena *home = arena_open(HOME_BYTES_MOST);
    witness *w = arena_new(home, witness);
    *w = (witness){.home = home, .name = name, .key = *key, .directory_fd = -1};
    w->logs = arena_array(home, watched, logs->n);
    err e = open_directory(w, directory);
    for (size_t i = 0; i < logs->n && e == OK; i++)
        e = add_log(w, &logs->at[i]);
    for (size_t i = 0; i < w->n && e == OK; i++)
        e = take_up(w, &w->logs[i]);
    if (e != OK) {
        witness_close(w);
        return e;
    }
    *out_witness = w;
    return OK;
}

void witness_close(witness *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->n; i++)
        pthread_mutex_destroy(&w->logs[i].lock);
    if (w->directory_fd >= 0)
        close(w->directory_fd);
    secret_wipe(&w->key, sizeof w->key);
    arena_close(w->home);
}

str witness_vkey(const witness *w, arena *a)
{
    note_key key = note_key_of(w->name, NOTE_COSIGNATURE, w->key.public_key);
    return note_key_text(a, &key);
}

str witness_state(witness *w, arena *a)
{
    buf b = buf_in(a);
    for (size_t i = 0; i < w->n; i++) {
        pthread_mutex_lock(&w->logs[i].lock);
        uint64_t size = w->logs[i].size;
        pthread_mutex_unlock(&w->logs[i].lock);
        buf_printf(&b, "%.*s %llu\n", STR_FMT(w->logs[i].origin), (unsigned long long)size);
    }
    return buf_str(&b);
}

/* --- one request --- */

typedef struct asking {
    arena *a;
    witness_request request;
    str text; /* of the note */
    note_lines lines;
    checkpoint checkpoint;
    str kept; /* text, and the log's own signatures */
} asking;

static err say(witness_answer *out, int status, str body)
{
    *out = (witness_answer){status, S("text/plain; charset=utf-8"), body};
    return OK;
}

static err say_size(witness_answer *out, arena *a, uint64_t size)
{
    *out = (witness_answer){409, S("text/x.tlog.size"),
                            arena_printf(a, "%llu\n", (unsigned long long)size)};
    return OK;
}

/* A signature by one of the log's keys; a wrong one under such a key spoils the note. */
static bool is_signed(asking *q, const watched *l)
{
    buf kept = buf_in(q->a);
    bool is_signed = false;
    buf_put(&kept, q->text);
    buf_put_char(&kept, '\n');
    for (size_t i = 0; i < q->lines.n; i++) {
        for (size_t k = 0; k < l->keys_n; k++) {
            int64_t time_s;
            err e = note_line_check(q->a, &q->lines.at[i], q->text, &l->keys[k], &time_s);
            if (e == ERR_DENIED)
                return false;
            if (e == OK)
                buf_put(&kept, q->lines.at[i].whole);
            is_signed = is_signed || e == OK;
        }
    }
    q->kept = buf_str(&kept);
    return is_signed;
}

/* Two signed checkpoints of one size and different content: the first such pair is kept. */
static void keep_contradiction(witness *w, asking *q, watched *l)
{
    str before = S("");
    const char *file = arena_cstr(q->a, arena_printf(q->a, "%s.contradiction", l->file));
    LOG(LOG_ERROR, "witness.contradiction", log_str("log", l->origin),
        log_int("size", (int64_t)l->size));
    if (faccessat(w->directory_fd, file, F_OK, 0) == 0 ||
        file_read(q->a, w->directory_fd, l->file, NOTE_MAX_BYTES, &before) != OK)
        return;
    str both = arena_printf(q->a, "%.*s\n%.*s", STR_FMT(before), STR_FMT(q->kept));
    if (file_replace(w->directory_fd, file, both) != OK)
        return; /* logged; the answer is the same */
}

/* The log's lock is held. */
static err decide(witness *w, asking *q, watched *l, int64_t now_s, witness_answer *out)
{
    const checkpoint *c = &q->checkpoint;
    if (q->request.old_size != l->size)
        return say_size(out, q->a, l->size);
    if (c->size == l->size && !hash_eq(&c->root, &l->root)) {
        keep_contradiction(w, q, l);
        return say_size(out, q->a, l->size);
    }
    bool has_proof =
        q->request.old_size == 0 || c->size == l->size
            ? q->request.proof.n == 0
            : merkle_consistency_ok(l->size, c->size, &l->root, &c->root, q->request.proof);
    if (!has_proof) {
        LOG(LOG_WARN, "witness.no_proof", log_str("log", l->origin),
            log_int("from", (int64_t)l->size), log_int("to", (int64_t)c->size));
        return say(out, 422, S("the proof does not lead from the last checkpoint to this one\n"));
    }
    if (c->size > l->size) {
        TRY(file_replace(w->directory_fd, l->file, q->kept));
        l->size = c->size;
        l->root = c->root;
    }
    return say(out, 200, note_cosign(q->a, q->text, w->name, now_s, &w->key));
}

err witness_add(witness *w, arena *a, str body, int64_t now_s, witness_answer *out_answer)
{
    asking *q = arena_new(a, asking);
    q->a = a;
    if (witness_request_read(a, body, &q->request) != OK ||
        note_split(a, q->request.note, &q->text, &q->lines) != OK ||
        note_checkpoint_text(a, q->text, &q->checkpoint) != OK)
        return say(out_answer, 400, S("not an add-checkpoint request\n"));
    watched *l = find(w, q->checkpoint.origin);
    if (!l)
        return say(out_answer, 404, S("this log is not on the list\n"));
    if (!is_signed(q, l))
        return say(out_answer, 403, S("not signed by the key on the list\n"));
    if (q->request.old_size > q->checkpoint.size)
        return say(out_answer, 400, S("the old size is larger than the checkpoint's\n"));
    pthread_mutex_lock(&l->lock);
    err e = decide(w, q, l, now_s, out_answer);
    pthread_mutex_unlock(&l->lock);
    return e;
}
