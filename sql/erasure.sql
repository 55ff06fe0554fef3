-- SPDX-License-Identifier: EUPL-1.2
-- Erasing a signature, and the trace that it leaves.

-- What the log still needs stays: number, declaration, kind, country, version, leaf.
--: signature_erase(signature int, nothing blob) -> none
UPDATE signature SET state = 3, is_listed = 0, wants_news = 0, asked = 0, undelivered = 0, mailbox = $2, signer = $2, domain = $2, lang = '', source = '',
    text_hash = $2, created = created - created % 86400000, confirmed = NULL, withdrawn = NULL,
    nuts = '', nuts_version = 0, type = ''
WHERE id = $1;

--: link_delete_of(signature int) -> none
DELETE FROM link WHERE signature = $1;

--: erasure_insert(signature int, cause int, at time) -> none
INSERT INTO erasure (signature, cause, at) VALUES ($1, $2, $3);

--: erasure_all(after int, most int) -> many(id int, signature int, cause int, at time)
SELECT id, signature, cause, at FROM erasure WHERE id > $1 ORDER BY id LIMIT $2;

-- All signatures of a mailbox, whatever their state. A withdrawn one may have given its place away.
--: signature_of_mailbox(declaration int, mailbox blob) -> many(id int)
SELECT signature AS id FROM mailbox WHERE declaration = $1 AND mailbox = $2
UNION SELECT id FROM signature WHERE state = 0 AND declaration = $1 AND mailbox = $2
UNION SELECT id FROM signature WHERE state = 2 AND declaration = $1 AND mailbox = $2
ORDER BY id;
