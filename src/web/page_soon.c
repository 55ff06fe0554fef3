/* SPDX-License-Identifier: EUPL-1.2 */
/* Stands in for the pages of signing until they are here: their addresses exist already. */

#include "routes.h"

static err soon(struct app *ap, req *rq, reply *out)
{
    (void)ap;
    (void)rq;
    (void)out;
    return ERR_NOT_FOUND;
}

err page_sign(struct app *ap, req *rq, reply *out)
{
    return soon(ap, rq, out);
}

err page_link(struct app *ap, req *rq, reply *out)
{
    return soon(ap, rq, out);
}
