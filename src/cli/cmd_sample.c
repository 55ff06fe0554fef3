/* SPDX-License-Identifier: EUPL-1.2 */
/* `sample N`: signatures of invented signers, marked as samples everywhere. They take the same
 * road as real ones: submitted, confirmed, sealed by the log. */

#include "cli/commands.h"

#include "base/clock.h"
#include "base/number.h"
#include "core/health.h"
#include "core/signature.h"
#include "place/place.h"

#include <unistd.h>

enum { FLAG_YES };

enum { SAMPLES_MOST = 1000000, SAMPLE_ARENA_BYTES = 1 << 20 };

static const char *const countries[] = {"AT", "BE", "BG", "HR", "CY", "CZ", "DK", "EE", "FI",
                                        "FR", "DE", "GR", "HU", "IE", "IT", "LV", "LT", "LU",
                                        "MT", "NL", "PL", "PT", "RO", "SK", "SI", "ES", "SE"};
static const char *const languages[] = {"de", "fr", "bg", "hr", "el", "cs", "da", "et", "fi",
                                        "fr", "de", "el", "hu", "ga", "it", "lv", "lt", "fr",
                                        "mt", "nl", "pl", "pt", "ro", "sk", "sl", "es", "sv"};

static const char *const types[] = {"ngo",   "local", "sme",    "association", "ngo",
                                    "union", "local", "school", "university",  "other"};

/* A region of the country for three in four, and some regions for more than others. */
static const place *region_of(arena *a, str country, int64_t i)
{
    place_list all = place_level(a, PLACE_REGION);
    const place **own = arena_alloc_array(a, all.n, sizeof *own);
    size_t n = 0, turn = (size_t)(i / 27);
    for (size_t k = 0; k < all.n; k++)
        if (str_eq(place_country(str_of(all.at[k]->code)), country))
            own[n++] = all.at[k];
    return n == 0 || i % 4 == 3 ? NULL : own[turn * turn % n];
}

static err add_one(core *c, arena *a, const alliance *al, int64_t i, int64_t now_ms)
{
    const declaration *d = &al->declarations.at[0];
    size_t turn = (size_t)(i % 27);
    signing s = {
        .kind = i % 10 == 0   ? SIGNER_ORGANISATION
                : i % 25 == 1 ? SIGNER_MANDATE
                              : SIGNER_PERSON,
        .mail.private_text =
            arena_printf(a, "sample-%lld-%lld@sample.invalid", (long long)now_ms, (long long)i),
        .country = str_of(countries[turn]),
        .lang = str_of(languages[turn]),
        .is_listed = i % 3 != 0,
        .is_sample = true,
    };
    s.name.private_text = arena_printf(a, "Sample Signer %lld", (long long)i + 1);
    s.organisation = s.kind == SIGNER_PERSON
                         ? S("")
                         : arena_printf(a, "Sample Organisation %lld", (long long)i + 1);
    s.type = s.kind == SIGNER_ORGANISATION
                 ? str_of(types[i / 10 % (int64_t)(sizeof types / sizeof *types)])
             : s.kind == SIGNER_MANDATE ? S("local")
                                        : S("");
    const place *region = region_of(a, s.country, i);
    if (region) {
        s.region = place_label(a, region);
        s.nuts = str_of(region->code);
    }
    submitted out;
    confirm_outcome outcome;
    TRY(signature_submit(c, a, d, &s, now_ms, &out));
    TRY(signature_confirm(c, out.token, now_ms, al, &outcome));
    return outcome == CONFIRM_DONE ? OK : ERR_CONFLICT;
}

static void show_progress(int64_t done, int64_t all)
{
    if (isatty(STDERR_FILENO) && (done % 100 == 0 || done == all))
        fprintf(stderr, "\rundersigned: %lld of %lld samples%s", (long long)done, (long long)all,
                done == all ? "\n" : "");
}

int cmd_sample(command_context *c)
{
    int64_t n;
    if (c->argument_count != 1 || number_parse(c->arguments[0], 1, SAMPLES_MOST, &n) != OK) {
        command_say("sample takes a number from 1 to %d", SAMPLES_MOST);
        return EXIT_USAGE;
    }
    alliance al;
    err e = alliance_load(&c->core, c->a, &al);
    if (e == OK && al.declarations.n == 0)
        e = ERR_NOT_FOUND;
    health h;
    if (e == OK)
        e = health_read(&c->core, c->a, clock_now_ms(), &h);
    if (e == OK && h.counted + h.queue > 0 && !al.has_samples && !command_flag_given(c, FLAG_YES)) {
        command_say("people have signed here: samples would stand beside them and count; say --yes "
                    "if that is wanted");
        return EXIT_DENIED;
    }
    if (e == OK)
        e = alliance_note_samples(&c->core); /* first, so that no page counts them unmarked */
    arena *a = arena_open(SAMPLE_ARENA_BYTES);
    int64_t now_ms = clock_now_ms();
    for (int64_t i = 0; e == OK && i < n; i++) {
        arena_reset(a);
        e = add_one(&c->core, a, &al, i, now_ms);
        show_progress(i + 1, n);
    }
    arena_close(a);
    if (e != OK)
        command_say("samples could not be added: %s", err_name(e));
    return command_exit(e);
}
