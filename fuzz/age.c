/* SPDX-License-Identifier: EUPL-1.2 */
/* Files, headers and payloads as a stranger might send them, with a known identity and a known
 * file key; and key texts. What is split joins again; what opens was sealed by somebody who had
 * the key, so only our own files and those in the corpus may. */

#include "crypto/age.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_texts(arena *a, str input)
{
    age_recipient recipient;
    age_identity identity;
    if (age_recipient_read(input, &recipient) == OK)
        BUG_IF(!str_eq(age_recipient_text(a, &recipient), input));
    if (age_identity_read(input, &identity) == OK)
        BUG_IF(!str_eq(age_identity_text(a, &identity), input));
}

/* The input sealed by ourselves comes back, and not when a byte is missing. */
static void seal_it(arena *a, const age_identity *identity, str input)
{
    age_recipient recipient = age_recipient_of(identity);
    age_file_key file_key = {{1}};
    age_file_key got;
    str plain;
    str header = age_header(a, &file_key, &recipient, 1);
    BUG_IF(age_header_open(header, identity, 1, &got) != OK);
    str payload = age_payload(a, &got, input);
    BUG_IF(age_payload_open(a, &got, payload, &plain) != OK || !str_eq(plain, input));
    BUG_IF(age_payload_open(a, &got, str_head(payload, payload.n - 1), &plain) != ERR_DENIED);
}

/* A header is for one number of recipients at most. */
static void check_it(str header)
{
    size_t fits = 0;
    for (size_t n = 0; n < 4; n++)
        fits += age_header_check(header, n) == OK;
    BUG_IF(fits > 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    crypto_init();
    if (size > 1 << 18)
        return 0;
    arena *a = arena_open(16 << 20);
    age_identity identity;
    memset(identity.at, 0x42, sizeof(identity.at));
    age_file_key file_key = {{0}};
    str input = {(const char *)data, size};
    str header = S("");
    str payload = S("");
    str plain;
    read_texts(a, input);
    if (age_split(input, &header, &payload) == OK) {
        BUG_IF(header.at != input.at || payload.at != input.at + header.n ||
               header.n + payload.n != input.n);
        err e = age_header_open(header, &identity, 1, &file_key);
        BUG_IF(e != OK && e != ERR_DENIED && e != ERR_INVALID);
        check_it(header);
    } else {
        BUG_IF(age_header_check(input, 2) == OK);
        BUG_IF(age_header_open(input, &identity, 1, &file_key) != ERR_INVALID);
        payload = input;
    }
    err e = age_payload_open(a, &file_key, payload, &plain);
    BUG_IF(e != OK && e != ERR_DENIED);
    seal_it(a, &identity, str_head(input, 1024));
    arena_close(a);
    return 0;
}
