/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* When two e-mail addresses are one mailbox. The rules are data (address.c): for a few providers
 * that say so publicly, dots or a "+tag" in the local part do not matter, or two domains are one.
 */

#include "core/core.h"

enum { ADDRESS_BYTES_MOST = 254 }; /* RFC 5321 4.5.3.1.3 less the brackets */

/* NFC, local part lower case, domain as lower-case A-labels, then the provider's rules.
 * "Ada.Lovelace+news@GoogleMail.com" gives "adalovelace@gmail.com". ERR_INVALID: not an address
 * (one @, local part of 1 to 64 bytes without spaces, controls or anything
 * else that cannot be seen, a host with a dot, at most ADDRESS_BYTES_MOST bytes as sent). */
MUST_USE err address_canonical(arena *a, email_address address, email_address *out_canonical);

/* How to send to it: NFC, domain as A-labels, local part as written. */
MUST_USE err address_deliverable(arena *a, email_address address, email_address *out_address);

/* What tags of one declaration are made with: derived from a key of the server and a random secret
 * in the database, so that neither alone is enough, and gone for good when the secret is. */
typedef struct address_key {
    key32 key;
} address_key;

enum { ADDRESS_SECRET_BYTES_MOST = 64 };

/* secret: of the declaration; empty for one that was opened before there were any. */
address_key address_key_of(const core_keys *keys, int64_t declaration_id, str secret);
/* The same for the declaration in the database. ERR_NOT_FOUND: its key was destroyed. */
MUST_USE err address_key_read(db_tx *tx, arena *scratch, const core_keys *keys,
                              int64_t declaration_id, address_key *out_key);

/* First 16 bytes of HMAC(key of the declaration, canonical address): enough for uniqueness, and
 * worthless without the key. */
typedef struct mailbox_id {
    unsigned char at[16];
} mailbox_id;
mailbox_id address_mailbox(const address_key *key, email_address canonical);

/* Who on that mailbox: the same over address, kind and folded name. */
mailbox_id address_signer(const address_key *key, email_address canonical, signer_kind kind,
                          str folded_name);
