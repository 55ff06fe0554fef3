/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* A log with as many rows as wanted, a publisher over it, and a recomputation of its files that
 * knows only the entries and the formats of C2SP. */

#include "work/publisher.h"

#include "test_core.h"

#define ORIGIN S("test.example/log/main")

typedef struct stage {
    fixture f;
    str directory; /* of all logs */
    str origin;    /* of this one */
    sign_key key;
    str policy; /* empty: no witnesses */
    standbys *standbys;
    merkle_frontier frontier; /* of the rows */
    publisher *p;
} stage;

stage stage_open(void **state);
void stage_close(stage *s);

/* Closes the publisher that may be there and opens another. */
err begin(stage *s);
/* Publishes; the size must be that of the rows. */
void publish(stage *s);

/* Adds rows up to size, past the sequencer, which would take long. */
void grow(stage *s, uint64_t size);
/* The row that grow puts there. */
str entry_of(arena *a, uint64_t i);
/* Sets the database back to s->frontier. */
void roll_back(stage *s);

/* Files of the log, by their path in its folder. */
char *path_of(stage *s, const char *name);
bool read_file(stage *s, const char *name, str *out);
void write_file(stage *s, const char *name, str bytes);
int count_files(stage *s);

/* All that must stand in the folder, from the rows alone. Returns how many files that is. */
int check_all(stage *s);
