-- SPDX-License-Identifier: EUPL-1.2
-- What ends when.

-- Until when things are kept, and what tags are made with. No secret: erased, or opened before there
-- were any.
--: declaration_retention(declaration int) -> maybe(retain_until time, erased time, secret blob?)
SELECT d.retain_until, d.erased, k.secret
FROM declaration d LEFT JOIN declaration_key k ON k.declaration = d.id WHERE d.id = $1;

--: declaration_set_retention(id int, retain_until time) -> none
UPDATE declaration SET retain_until = $2 WHERE id = $1;

--: declaration_key_insert(declaration int, secret blob) -> none
INSERT INTO declaration_key (declaration, secret) VALUES ($1, $2);

--: declaration_key_delete(declaration int) -> none
DELETE FROM declaration_key WHERE declaration = $1;

--: declaration_set_erased(id int, erased time) -> none
UPDATE declaration SET erased = $2 WHERE id = $1;

--: declaration_to_erase(now time) -> many(id int)
SELECT id FROM declaration WHERE retain_until > 0 AND retain_until <= $1 AND erased = 0 ORDER BY id;

-- Signatures of a declaration that still say something about somebody, from a number on.
--: signature_of_declaration(declaration int, after int, most int) -> many(id int)
SELECT id FROM signature WHERE declaration = $1 AND id > $2 AND state <> 3 ORDER BY id LIMIT $3;

--: signature_count_of(declaration int) -> one(n int)
SELECT count(*) AS n FROM signature WHERE declaration = $1 AND state <> 3;

-- How much there is of each sort, how much of it is due, and the oldest.
--: retention_pending(before time) -> one(n int, due int, oldest time)
SELECT count(*) AS n, count(*) FILTER (WHERE created < $1) AS due,
    COALESCE(min(created), 0) AS oldest FROM signature WHERE state = 0;

--: retention_withdrawn(before time) -> one(n int, due int, oldest time)
SELECT count(*) AS n, count(*) FILTER (WHERE withdrawn < $1) AS due,
    COALESCE(min(withdrawn), 0) AS oldest FROM signature WHERE state = 2;

--: retention_links(before time) -> one(n int, due int, oldest time)
SELECT count(*) AS n, count(*) FILTER (WHERE expires < $1) AS due,
    COALESCE(min(expires), 0) AS oldest FROM link;

--: retention_traces(before time) -> one(n int, due int, oldest time)
SELECT count(*) AS n, count(*) FILTER (WHERE at < $1) AS due,
    COALESCE(min(at), 0) AS oldest FROM trace;

--: retention_mail_log(before time) -> one(n int, due int, oldest time)
SELECT count(*) AS n, count(*) FILTER (WHERE at < $1) AS due,
    COALESCE(min(at), 0) AS oldest FROM mail_log;
