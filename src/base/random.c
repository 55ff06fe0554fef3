/* SPDX-License-Identifier: EUPL-1.2 */
/* getrandom(2), continued after signals and short answers. */

#include "base/random.h"

#include "base/err.h"

#include <errno.h>
#include <sys/random.h>

void random_fill(void *bytes, size_t n)
{
    unsigned char *at = bytes;
    while (n > 0) {
        ssize_t got = getrandom(at, n, 0);
        BUG_IF(got < 0 && errno != EINTR);
        if (got > 0) {
            at += got;
            n -= (size_t)got;
        }
    }
}
