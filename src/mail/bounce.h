/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What a message that came back to the envelope sender says of the address we wrote to: delivery
 * reports of RFC 3464 and RFC 6533, and what older and odder servers send instead. Pure: decides
 * nothing about whether the message is genuine. */

#include "base/base.h"

/* Of a message; what lies behind them is not read. The memory that reading one needs at most. */
enum { BOUNCE_MAX_BYTES = 1 << 20, BOUNCE_ARENA_BYTES = 32 << 20 };

typedef enum bounce_action {
    BOUNCE_NO_REPORT, /* an automatic reply, a receipt for reading, a letter, anything */
    BOUNCE_DELIVERED, /* or relayed, or expanded */
    BOUNCE_DELAYED,
    BOUNCE_FAILED,
} bounce_action;

/* Mildest first. */
typedef enum bounce_rule {
    BOUNCE_IGNORE, /* says nothing final */
    BOUNCE_KEEP,   /* failed, but not for good: 4.x.x, a full mailbox (5.2.2) */
    BOUNCE_STOP,   /* there is no such address, or it takes nothing from us: 5.x.x */
    BOUNCE_ALARM,  /* refused for what we are, not for the address: the sending domain does not
                      authenticate (5.7.515; 5.7.20 to 5.7.29 of RFC 7372 and 8617) */
} bounce_rule;

/* RFC 3463; all 0: the report names none that could be read. */
typedef struct mail_status {
    int class; /* 2, 4 or 5 */
    int subject;
    int detail;
} mail_status;

typedef struct bounce {
    bounce_action action;
    mail_status status;
    bounce_rule rule;
} bounce;

/* Total: any bytes give an answer. Lines may end in LF or CRLF. A report on several recipients is
 * as mild as its mildest; an alarm goes before. */
bounce bounce_read(arena *a, str message);

/* What stands behind "leave-" in the subject of a message with which a mail program ends mailings
 * (the mailto of List-Unsubscribe, RFC 2369). Empty: it is none. */
str bounce_leaving(arena *a, str message);
