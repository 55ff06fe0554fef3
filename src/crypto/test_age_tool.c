/* SPDX-License-Identifier: EUPL-1.2 */
/* The module as a program, so that other age programs can be asked about it (tests/e2e/age.mjs):
 *
 *     test_age_tool seal RECIPIENT…  <plain >file
 *     test_age_tool open IDENTITY    <file >plain
 *
 * Exit code 1 and the outcome on stderr when the input is refused. */

#include "crypto/age.h"

enum { INPUT_MAX_BYTES = 32 << 20, RECIPIENTS_MAX = 16 };

static err seal(arena *a, int n, char **texts, str plain, buf *out)
{
    age_recipient recipients[RECIPIENTS_MAX];
    if (n > RECIPIENTS_MAX)
        return ERR_LIMIT;
    for (int i = 0; i < n; i++)
        TRY(age_recipient_read(str_of(texts[i]), &recipients[i]));
    age_file_key file_key = age_file_key_make();
    buf_put(out, age_header(a, &file_key, recipients, (size_t)n));
    buf_put(out, age_payload(a, &file_key, plain));
    return OK;
}

static err unseal(arena *a, const char *text, str file, buf *out)
{
    age_identity identity;
    age_file_key file_key;
    str header, payload, plain;
    TRY(age_identity_read(str_of(text), &identity));
    TRY(age_split(file, &header, &payload));
    TRY(age_header_open(header, &identity, 1, &file_key));
    TRY(age_payload_open(a, &file_key, payload, &plain));
    buf_put(out, plain);
    return OK;
}

int main(int n, char **args)
{
    crypto_init();
    if (n < 3)
        return 2;
    arena *a = arena_open((size_t)256 << 20);
    char *bytes = arena_alloc(a, INPUT_MAX_BYTES);
    str input = {bytes, fread(bytes, 1, INPUT_MAX_BYTES, stdin)};
    buf out = buf_in(a);
    err e = strcmp(args[1], "seal") == 0 ? seal(a, n - 2, args + 2, input, &out)
                                         : unseal(a, args[2], input, &out);
    if (e == OK)
        fwrite(buf_str(&out).at, 1, out.n, stdout);
    else
        fprintf(stderr, "%s\n", err_name(e));
    arena_close(a);
    return e == OK ? 0 : 1;
}
