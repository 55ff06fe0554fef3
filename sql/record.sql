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
