-- SPDX-License-Identifier: EUPL-1.2
-- The territories that organisations stand for, as a person of the organiser entered them.

-- Whether that is an organisation that counts and stands in the public register.
--: territory_signer(signature int) -> one(n int)
SELECT count(*) AS n FROM listing l JOIN signature s ON s.id = l.signature
WHERE l.signature = $1 AND l.is_shown = 1 AND l.kind = 2 AND s.state = 1;

--: territory_insert(signature int, code text, nuts_version int, people int, source text, as_of text, entered time) -> none
INSERT INTO territory (signature, code, nuts_version, people, source, as_of, entered)
VALUES ($1, $2, $3, $4, $5, $6, $7);

--: territory_delete(signature int, code text) -> count
DELETE FROM territory WHERE signature = $1 AND code = $2;

--: territory_delete_of(signature int) -> none
DELETE FROM territory WHERE signature = $1;

--: territory_all(declaration int, nuts_version int, most int) -> many(signature int, organisation text, code text, people int, source text, as_of text)
SELECT t.signature AS signature, l.organisation AS organisation, t.code AS code,
    t.people AS people, t.source AS source, t.as_of AS as_of
FROM territory t JOIN listing l ON l.signature = t.signature JOIN signature s ON s.id = t.signature
WHERE l.declaration = $1 AND l.is_shown = 1 AND l.kind = 2 AND s.state = 1 AND t.nuts_version = $2
ORDER BY t.signature, t.code LIMIT $3;
