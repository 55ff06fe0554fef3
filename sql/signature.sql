-- SPDX-License-Identifier: EUPL-1.2
-- Signatures: from pending to counted, withdrawn or erased.

--: signature_insert(declaration int, kind int, country text, lang text, text_version int, text_hash blob, is_listed flag, wants_news flag, is_sample flag, mailbox blob, signer blob, commitment blob, created time, domain blob, source text, nuts text, nuts_version int, type text) -> one(id int)
INSERT INTO signature (declaration, kind, state, country, lang, text_version, text_hash,
    is_listed, wants_news, is_sample, mailbox, signer, commitment, created, domain, source,
    nuts, nuts_version, type)
VALUES ($1, $2, 0, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
RETURNING id;

--: signature_get(signature int) -> maybe(declaration int, kind int, state int, country text, lang text, text_version int, text_hash blob, is_listed flag, wants_news flag, is_sample flag, mailbox blob, signer blob, commitment blob, created time, confirmed time, withdrawn time, leaf int, source text, nuts text, type text)
SELECT declaration, kind, state, country, lang, text_version, text_hash, is_listed, wants_news,
    is_sample, mailbox, signer, commitment, created, COALESCE(confirmed, 0) AS confirmed,
    COALESCE(withdrawn, 0) AS withdrawn, COALESCE(leaf, -1) AS leaf, source, nuts, type
FROM signature WHERE id = $1;

--: signature_confirm(signature int, confirmed time) -> count
UPDATE signature SET state = 1, confirmed = $2 WHERE id = $1 AND state = 0;

-- What an earlier press may have committed without hearing so is not known to last before a commit
-- behind it is: on PostgreSQL this makes the transaction wait for the standby.
--: signature_settle() -> one(n int)
SELECT 1 AS n;

--: signature_settle@pg
SELECT CASE WHEN pg_logical_emit_message(true, 'undersigned', '') IS NULL THEN 0 ELSE 1 END
    ::bigint AS n;

--: signature_withdraw(signature int, withdrawn time) -> count
UPDATE signature SET state = 2, withdrawn = $2 WHERE id = $1 AND state = 1;

--: signature_undo(signature int) -> count
UPDATE signature SET state = 1, withdrawn = NULL WHERE id = $1 AND state = 2;

--: signature_correct(signature int, country text, signer blob, commitment blob) -> none
UPDATE signature SET country = $2, signer = $3, commitment = $4, leaf = NULL WHERE id = $1;

--: signature_set_facts(signature int, nuts text, nuts_version int, type text) -> none
UPDATE signature SET nuts = $2, nuts_version = $3, type = $4 WHERE id = $1;

--: signature_set_nuts(signature int, nuts text) -> none
UPDATE signature SET nuts = $2 WHERE id = $1;

--: signature_renew(signature int, text_version int, text_hash blob, lang text) -> none
UPDATE signature SET text_version = $2, text_hash = $3, lang = $4 WHERE id = $1;

--: signature_set_consents(signature int, is_listed flag, wants_news flag) -> none
UPDATE signature SET is_listed = $2, wants_news = $3 WHERE id = $1;

--: signature_set_leaf(signature int, leaf int) -> none
UPDATE signature SET leaf = $2 WHERE id = $1;

-- Only while its letter matters.
--: signature_undelivered(signature int, why int) -> none
UPDATE signature SET undelivered = $2 WHERE id = $1 AND state = 0;

--: signature_mails(signature int) -> maybe(state int, undelivered int, asked int)
SELECT state, undelivered, asked FROM signature WHERE id = $1;

--: signature_delete(signature int) -> none
DELETE FROM signature WHERE id = $1;

--: signature_stale_pending(before time, most int) -> many(id int)
SELECT id FROM signature WHERE state = 0 AND created < $1 ORDER BY created LIMIT $2;

--: signature_old_withdrawn(before time, most int) -> many(id int)
SELECT id FROM signature WHERE state = 2 AND withdrawn < $1
ORDER BY withdrawn LIMIT $2;

-- Over the partial indexes: all other states are too many to count.
--: signature_count_pending() -> one(n int)
SELECT count(*) AS n FROM signature WHERE state = 0;

--: signature_count_withdrawn() -> one(n int)
SELECT count(*) AS n FROM signature WHERE state = 2;

-- Of a record that a browser sealed; no row: it was taken before.
--: sealed_once_insert(declaration int, commitment blob) -> maybe(declaration int)
INSERT INTO sealed_once (declaration, commitment) VALUES ($1, $2)
ON CONFLICT (declaration, commitment) DO NOTHING RETURNING declaration;

--: mailbox_signers(declaration int, mailbox blob) -> many(slot int, signer blob, signature int)
SELECT slot, signer, signature FROM mailbox WHERE declaration = $1 AND mailbox = $2
ORDER BY slot LIMIT 100;

--: mailbox_insert(declaration int, mailbox blob, slot int, signer blob, signature int) -> none
INSERT INTO mailbox (declaration, mailbox, slot, signer, signature) VALUES ($1, $2, $3, $4, $5);

-- From a withdrawn signature to a newer one; or, from itself to itself, the proof that it still
-- has the place: both write the row, so that only one of them can win.
--: mailbox_pass_on(declaration int, mailbox blob, before int, signature int) -> count
UPDATE mailbox SET signature = $4 WHERE declaration = $1 AND mailbox = $2 AND signature = $3;

--: mailbox_set_signer(declaration int, mailbox blob, signature int, signer blob) -> none
UPDATE mailbox SET signer = $4 WHERE declaration = $1 AND mailbox = $2 AND signature = $3;

--: mailbox_delete(declaration int, mailbox blob, signature int) -> none
DELETE FROM mailbox WHERE declaration = $1 AND mailbox = $2 AND signature = $3;

--: link_insert(signature int, hash blob, file_key blob?, address blob, expires time) -> one(id int)
INSERT INTO link (signature, hash, file_key, address, expires)
VALUES ($1, $2, $3, $4, $5) RETURNING id;

--: link_get(id int) -> maybe(signature int, hash blob, file_key blob?, address blob?, expires time)
SELECT signature, hash, file_key, address, expires FROM link WHERE id = $1;

-- A record that is sealed anew opens through this link alone.
--: link_set_file_key(signature int, link int, file_key blob) -> none
UPDATE link SET file_key = CASE WHEN id = $2 THEN $3 END WHERE signature = $1;

--: link_delete_expired(now time, most int) -> count
DELETE FROM link WHERE id IN (SELECT id FROM link WHERE expires < $1 ORDER BY expires LIMIT $2);

--: consent_change_insert(signature int, what text, is_given flag, lang text, text_version int, day int) -> none
INSERT INTO consent_change (signature, what, is_given, lang, text_version, day)
VALUES ($1, $2, $3, $4, $5, $6);

-- The partner through whom a signer came and whose news were asked for, and whether that stands.
--: consent_partner(signature int) -> maybe(what text, is_given flag)
SELECT what, is_given FROM consent_change
WHERE signature = $1 AND what > 'partner:' AND what < 'partner;' ORDER BY id DESC LIMIT 1;

--: consent_change_delete_of(signature int) -> none
DELETE FROM consent_change WHERE signature = $1;

--: consent_changes_of(signature int) -> many(what text, is_given flag, lang text, text_version int, day int)
SELECT what, is_given, lang, text_version, day FROM consent_change WHERE signature = $1 ORDER BY id;

--: link_all_of(signature int) -> many(expires time)
SELECT expires FROM link WHERE signature = $1 ORDER BY id;
