-- SPDX-License-Identifier: EUPL-1.2
-- Keys of partners' sites and what they sent.

--: api_key_insert(name text, partner text, secret blob, created time) -> one(id int)  #staff
INSERT INTO api_key (name, partner, secret, created) VALUES ($1, $2, $3, $4) RETURNING id;

--: api_key_list() -> many(id int, name text, partner text, created time, revoked time?, n int)  #staff
SELECT k.id AS id, k.name AS name, k.partner AS partner, k.created AS created, k.revoked AS revoked,
    COALESCE((SELECT CAST(sum(t.n) AS BIGINT) FROM api_tally t WHERE t.api_key = k.id), 0) AS n
FROM api_key k ORDER BY k.id;

--: api_key_revoke(id int, at time) -> count  #staff
UPDATE api_key SET revoked = $2 WHERE id = $1 AND revoked IS NULL;

--: api_key_find(secret blob) -> maybe(id int, partner text)
SELECT id, partner FROM api_key WHERE secret = $1 AND revoked IS NULL;

--: api_request_take(api_key int, request blob, body blob, at time) -> count
INSERT INTO api_request (api_key, request, body, at) VALUES ($1, $2, $3, $4)
ON CONFLICT (api_key, request) DO NOTHING;

--: api_request_get(api_key int, request blob) -> maybe(body blob)
SELECT body FROM api_request WHERE api_key = $1 AND request = $2;

--: api_request_expire(before time, most int) -> count  #worker
DELETE FROM api_request WHERE (api_key, request) IN (
    SELECT r.api_key, r.request FROM api_request r WHERE r.at < $1 ORDER BY r.at LIMIT $2);

--: api_signature_insert(signature int, declaration int, api_key int) -> none
INSERT INTO api_signature (signature, declaration, api_key) VALUES ($1, $2, $3);

--: api_signature_delete(signature int) -> none
DELETE FROM api_signature WHERE signature = $1;

-- Those that a checkpoint of that size has let into the count.
--: api_signature_counted(declaration int, size int) -> many(signature int, api_key int)  #worker
SELECT a.signature AS signature, a.api_key AS api_key FROM api_signature a
JOIN signature s ON s.id = a.signature
WHERE a.declaration = $1 AND s.leaf IS NOT NULL AND s.leaf < $2 ORDER BY a.api_key, a.signature;

--: api_tally_add(api_key int, declaration int, n int) -> one(n int)  #worker
INSERT INTO api_tally (api_key, declaration, n) VALUES ($1, $2, $3)
ON CONFLICT (api_key, declaration) DO UPDATE SET n = api_tally.n + excluded.n RETURNING n;

--: api_key_name(id int) -> maybe(name text, partner text)  #worker
SELECT name, partner FROM api_key WHERE id = $1;
