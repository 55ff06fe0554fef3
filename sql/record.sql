-- SPDX-License-Identifier: EUPL-1.2
-- Sealed records: the payload, and the header apart from it.

--: record_insert(signature int, payload blob) -> none
INSERT INTO record (signature, payload) VALUES ($1, $2);

--: record_key_insert(signature int, header blob, server blob) -> none
INSERT INTO record_key (signature, header, server) VALUES ($1, $2, $3);

--: record_get(signature int) -> maybe(payload blob, server blob)
SELECT record.payload, record_key.server FROM record
JOIN record_key ON record_key.signature = record.signature WHERE record.signature = $1;

--: record_delete_payload(signature int) -> none
DELETE FROM record WHERE signature = $1;

--: record_delete_key(signature int) -> none
DELETE FROM record_key WHERE signature = $1;

--: record_export(declaration int, after int, most int) -> many(signature int, kind int, state int, country text, lang text, text_version int, is_listed flag, wants_news flag, is_sample flag, mailbox blob, commitment blob, leaf int, header blob, server blob, payload blob) #staff
SELECT signature.id AS signature, kind, state, country, lang, text_version, is_listed, wants_news,
    is_sample, mailbox, commitment, COALESCE(leaf, -1) AS leaf, header, server, payload
FROM signature
JOIN record ON record.signature = signature.id
JOIN record_key ON record_key.signature = signature.id
WHERE signature.id > $2 AND declaration = $1 AND state IN (1, 2)
ORDER BY signature.id LIMIT $3;

--: record_key_replace(signature int, before blob, header blob) -> count #staff
UPDATE record_key SET header = $3 WHERE signature = $1 AND header = $2;
