-- SPDX-License-Identifier: EUPL-1.2
-- Requests to join as a partner.

--: joining_insert(lang text, sealed blob, hash blob, created time) -> one(id int)
INSERT INTO joining (state, lang, sealed, hash, created, decided, note)
VALUES (0, $1, $2, $3, $4, 0, '') RETURNING id;

--: joining_get(id int) -> maybe(state int, lang text, sealed blob, hash blob, created time, decided time, note text)
SELECT state, lang, sealed, hash, created, decided, note FROM joining WHERE id = $1;

--: joining_all(most int) -> many(id int, state int, lang text, sealed blob, hash blob, created time, decided time, note text)
SELECT id, state, lang, sealed, hash, created, decided, note FROM joining WHERE state > 0
ORDER BY CASE WHEN state = 1 THEN 0 ELSE 1 END, id DESC LIMIT $1;

--: joining_confirm(id int) -> count
UPDATE joining SET state = 1 WHERE id = $1 AND state = 0;

--: joining_decide(id int, state int, decided time, note text) -> count
UPDATE joining SET state = $2, decided = $3, note = $4 WHERE id = $1 AND state = 1;

--: joining_delete(id int) -> count
DELETE FROM joining WHERE id = $1;

-- Not confirmed, never decided, decided: each for a time of its own.
--: joining_delete_old(sent_before time, waits_before time, decided_before time, most int) -> count
DELETE FROM joining WHERE id IN (SELECT id FROM joining
    WHERE (state = 0 AND created < $1) OR (state = 1 AND created < $2)
        OR (state > 1 AND decided < $3)
    ORDER BY id LIMIT $4);

-- next: when the first of them goes.
--: joining_retention(sent_before time, waits_before time, decided_before time, now time) -> one(n int, due int, next time)
SELECT count(*) AS n, count(*) FILTER (WHERE left_ms < 0) AS due,
    COALESCE(min(left_ms) + $4, 0) AS next
FROM (SELECT CASE WHEN state = 0 THEN created - $1 WHEN state = 1 THEN created - $2
    ELSE decided - $3 END AS left_ms FROM joining) AS waiting;

--: joining_count(state int) -> one(n int)
SELECT count(*) AS n FROM joining WHERE state = $1;
