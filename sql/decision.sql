-- SPDX-License-Identifier: EUPL-1.2
-- Decisions about many signatures, and what they are about. What is not given
-- (has_… 0, an empty country) is any.

--: pick(declaration int, state int, has_domain int, domain blob, has_narrow int, narrow blob, country text, first time, last time, lowest int, highest int, after int, most int) -> many(signature int)
SELECT s.id AS signature FROM signature s
WHERE s.declaration = $1 AND s.state = $2
    AND (CAST($3 AS BIGINT) = 0 OR s.domain = $4)
    AND (CAST($5 AS BIGINT) = 0 OR s.id IN (SELECT t.signature FROM trace t WHERE t.narrow = $6))
    AND (CAST($7 AS TEXT) = '' OR s.country = $7)
    AND s.confirmed >= $8 AND s.confirmed < $9 AND s.id >= $10 AND s.id <= $11
    AND s.id > $12 ORDER BY s.id LIMIT $13;

--: pick_count(declaration int, state int, has_domain int, domain blob, has_narrow int, narrow blob, country text, first time, last time, lowest int, highest int) -> one(n int)
SELECT count(*) AS n FROM signature s
WHERE s.declaration = $1 AND s.state = $2
    AND (CAST($3 AS BIGINT) = 0 OR s.domain = $4)
    AND (CAST($5 AS BIGINT) = 0 OR s.id IN (SELECT t.signature FROM trace t WHERE t.narrow = $6))
    AND (CAST($7 AS TEXT) = '' OR s.country = $7)
    AND s.confirmed >= $8 AND s.confirmed < $9 AND s.id >= $10 AND s.id <= $11;

--: pick_domains(declaration int, state int, has_domain int, domain blob, has_narrow int, narrow blob, country text, first time, last time, lowest int, highest int, most int) -> many(domain blob?, n int)
SELECT s.domain AS domain, count(*) AS n FROM signature s
WHERE s.declaration = $1 AND s.state = $2
    AND (CAST($3 AS BIGINT) = 0 OR s.domain = $4)
    AND (CAST($5 AS BIGINT) = 0 OR s.id IN (SELECT t.signature FROM trace t WHERE t.narrow = $6))
    AND (CAST($7 AS TEXT) = '' OR s.country = $7)
    AND s.confirmed >= $8 AND s.confirmed < $9 AND s.id >= $10 AND s.id <= $11
GROUP BY s.domain ORDER BY n DESC LIMIT $12;

--: pick_countries(declaration int, state int, has_domain int, domain blob, has_narrow int, narrow blob, country text, first time, last time, lowest int, highest int, most int) -> many(country text, n int)
SELECT s.country AS country, count(*) AS n FROM signature s
WHERE s.declaration = $1 AND s.state = $2
    AND (CAST($3 AS BIGINT) = 0 OR s.domain = $4)
    AND (CAST($5 AS BIGINT) = 0 OR s.id IN (SELECT t.signature FROM trace t WHERE t.narrow = $6))
    AND (CAST($7 AS TEXT) = '' OR s.country = $7)
    AND s.confirmed >= $8 AND s.confirmed < $9 AND s.id >= $10 AND s.id <= $11
GROUP BY s.country ORDER BY n DESC, s.country LIMIT $12;

--: pick_hours(declaration int, state int, has_domain int, domain blob, has_narrow int, narrow blob, country text, first time, last time, lowest int, highest int, most int) -> many(hour int, n int)
SELECT s.confirmed / 3600000 AS hour, count(*) AS n FROM signature s
WHERE s.declaration = $1 AND s.state = $2
    AND (CAST($3 AS BIGINT) = 0 OR s.domain = $4)
    AND (CAST($5 AS BIGINT) = 0 OR s.id IN (SELECT t.signature FROM trace t WHERE t.narrow = $6))
    AND (CAST($7 AS TEXT) = '' OR s.country = $7)
    AND s.confirmed >= $8 AND s.confirmed < $9 AND s.id >= $10 AND s.id <= $11
GROUP BY s.confirmed / 3600000 ORDER BY s.confirmed / 3600000 DESC LIMIT $12;

--: pick_networks(declaration int, state int, has_domain int, domain blob, has_narrow int, narrow blob, country text, first time, last time, lowest int, highest int, most int) -> many(network blob, n int)
SELECT t.narrow AS network, count(*) AS n FROM signature s JOIN trace t ON t.signature = s.id
WHERE s.declaration = $1 AND s.state = $2
    AND (CAST($3 AS BIGINT) = 0 OR s.domain = $4)
    AND (CAST($5 AS BIGINT) = 0 OR s.id IN (SELECT o.signature FROM trace o WHERE o.narrow = $6))
    AND (CAST($7 AS TEXT) = '' OR s.country = $7)
    AND s.confirmed >= $8 AND s.confirmed < $9 AND s.id >= $10 AND s.id <= $11
GROUP BY t.narrow ORDER BY n DESC LIMIT $12;

--: decision_insert(declaration int, verb int, at time, who text, terms text, reason text) -> one(id int)
INSERT INTO decision (declaration, verb, at, who, terms, reason, n, undone, undone_by)
VALUES ($1, $2, $3, $4, $5, $6, 0, 0, '') RETURNING id;

--: decision_add(id int, more int) -> none
UPDATE decision SET n = n + $2 WHERE id = $1;

--: decision_get(id int) -> maybe(declaration int, verb int, at time, who text, terms text, reason text, n int, undone time, undone_by text)
SELECT declaration, verb, at, who, terms, reason, n, undone, undone_by FROM decision WHERE id = $1;

--: decision_all(most int) -> many(id int, declaration int, verb int, at time, who text, terms text, reason text, n int, undone time, undone_by text)
SELECT id, declaration, verb, at, who, terms, reason, n, undone, undone_by FROM decision
ORDER BY id DESC LIMIT $1;

--: decision_public(declaration int, most int) -> many(id int, verb int, at time, reason text, n int, undone time)
SELECT id, verb, at, reason, n, undone FROM decision
WHERE declaration = $1 AND verb <> 1 AND n > 0 ORDER BY id DESC LIMIT $2;

--: decision_undo(id int, undone time, undone_by text) -> none
UPDATE decision SET undone = $2, undone_by = $3 WHERE id = $1 AND undone = 0;

--: decision_item_insert(decision int, signature int) -> none
INSERT INTO decision_item (decision, signature) VALUES ($1, $2);

--: decision_items(decision int, after int, most int) -> many(signature int)
SELECT signature FROM decision_item WHERE decision = $1 AND signature > $2
ORDER BY signature LIMIT $3;

-- The one that took a signature out.
--: decision_of(signature int) -> maybe(verb int, at time, reason text)
SELECT d.verb, d.at, d.reason FROM decision_item i JOIN decision d ON d.id = i.decision
WHERE i.signature = $1 AND d.verb <> 1 AND d.undone = 0 ORDER BY d.id DESC LIMIT 1;
