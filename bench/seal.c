/* SPDX-License-Identifier: EUPL-1.2 */
/* What sealing a record costs beside the curve itself, in one run, so that the machine's speed
 * and its neighbours fall out: a recipient needs two multiplications on X25519, and everything
 * else (keys, base64, MAC, the payload) should be small against them.
 *
 *     seal [ROUNDS] */

#include "base/number.h"
#include "crypto/age.h"

#include <sodium.h>

enum { RECIPIENTS = 2, RECORD_BYTES = 600 };

static double cpu_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int main(int n, char **args)
{
    int64_t rounds = 5000;
    if (n > 2 || (n == 2 && number_parse(str_of(args[1]), 1, 10000000, &rounds) != OK))
        return 2;
    crypto_init();
    age_recipient recipients[RECIPIENTS];
    for (int i = 0; i < RECIPIENTS; i++) {
        age_identity identity = age_identity_make();
        recipients[i] = age_recipient_of(&identity);
    }
    arena *a = arena_open(1 << 20);
    char record[RECORD_BYTES] = {0};
    double curve_us = 0;
    double header_us = 0;
    double payload_us = 0;
    /* In turns, so that a slow moment slows each of them. */
    for (int64_t i = 0; i < rounds; i++) {
        age_file_key file_key = age_file_key_make();
        age_identity secret = age_identity_make();
        unsigned char point[32];
        double start = cpu_us();
        BUG_IF(crypto_scalarmult_base(point, secret.at) != 0 ||
               crypto_scalarmult(point, secret.at, recipients[0].at) != 0);
        double after_curve = cpu_us();
        age_header(a, &file_key, recipients, RECIPIENTS);
        double after_header = cpu_us();
        age_payload(a, &file_key, (str){record, sizeof(record)});
        payload_us += cpu_us() - after_header;
        header_us += after_header - after_curve;
        curve_us += after_curve - start;
        arena_reset(a);
    }
    double count = (double)rounds;
    double recipient_us = header_us / count / RECIPIENTS;
    printf("curve     %7.1f us: two multiplications, what a recipient cannot do without\n",
           curve_us / count);
    printf("recipient %7.1f us: %.2f times the curve\n", recipient_us,
           recipient_us * count / curve_us);
    printf("payload   %7.1f us: %d bytes\n", payload_us / count, RECORD_BYTES);
    printf("record    %7.1f us: %d recipients\n", (header_us + payload_us) / count, RECIPIENTS);
    arena_close(a);
    return 0;
}
