/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* The published form of a log: files under DIRECTORY/{declaration}/ that any web server can serve.
 *
 *   manifest             the rules, whose hash is leaf 0
 *   tile/entries/…       entry bundles  } C2SP tlog-tiles, partial ones in NNN.p/WIDTH until
 *   tile/LEVEL/…         hash tiles     } the full one stands
 *   checkpoint           C2SP tlog-checkpoint, signed with Ed25519, cosigned by witnesses
 *   policy               C2SP tlog-policy that names those; not there when nobody is asked
 *
 * Tiles are a pure function of the rows and are on disk before the checkpoint that covers them is
 * signed. A publisher refuses to sign anything that does not extend the last checkpoint in the
 * database, the one on disk and what standbys have (ADR 0032), and makes nothing public that
 * contradicts a witness (ADR 0021). */

#include "core/log.h"
#include "crypto/note.h"
#include "work/standbys.h"

typedef struct publisher publisher;

typedef struct publisher_options {
    str directory; /* DATA/log */
    str origin;    /* "host/log/declaration", the log's name */
    int64_t declaration;
    str slug;
    str manifest;
    sign_key key;
    str policy;          /* text; empty: no witnesses */
    str witness_ca_file; /* for https to them; empty: the system's certificates */
    standbys *standbys;  /* stays the caller's; NULL: none */
} publisher_options;

/* Takes up from the files where they agree with the last checkpoint, else rebuilds them from the
 * rows. ERR_DENIED: rows and checkpoint contradict each other, a standby or a witness: nothing will
 * be signed (logged, and told to log_trouble_set);
 * ERR_BUSY: another publisher has the folder; ERR_IO: disk or database. */
MUST_USE err publisher_open(core *c, const publisher_options *options, publisher **out_publisher);
void publisher_close(publisher *p);

/* Whether a standby contradicts by now (ERR_DENIED as above): before rows are added, because they
 * would wait on the wrong side. */
MUST_USE err publisher_check(publisher *p);

/* Brings files and checkpoint up to the rows; with witnesses at most once a second, and at most
 * half a second after they were asked. out_size: of the tree now published. After an error the next
 * call takes up from the files anew. */
MUST_USE err publisher_publish(publisher *p, int64_t now_ms, int64_t *out_size);

/* Reads all rows again and writes every file that is missing or damaged. */
MUST_USE err publisher_rebuild(publisher *p, int64_t now_ms, int64_t *out_size);
