-- SPDX-License-Identifier: EUPL-1.2
-- One statement of each shape.

--: pledge_insert(campaign int, email_key blob, name text?, is_listed flag, seen time?, hidden flag?,
--:     extra blob?) -> maybe(id int)
INSERT INTO pledge (campaign, email_key, name, is_listed, seen, hidden, extra)
VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (campaign, email_key) DO NOTHING RETURNING id;

-- Without ON CONFLICT: a second one is ERR_CONFLICT.
--: pledge_insert_only(campaign int, email_key blob) -> one(id int)
INSERT INTO pledge (campaign, email_key, is_listed) VALUES ($1, $2, 0) RETURNING id;

--: pledge_get(id int) -> maybe(campaign int, email_key blob, name text?, is_listed flag, seen time?, hidden flag?, extra blob?)
SELECT campaign, email_key, name, is_listed, seen, hidden, extra FROM pledge WHERE id = $1;

--: pledge_list(campaign int, most int) -> many(id int, email_key blob, name text?)
SELECT id, email_key, name FROM pledge WHERE campaign = $1 ORDER BY id LIMIT $2;

--: pledge_count() -> one(n int)
SELECT count(*) AS n FROM pledge;

--: pledge_name(id int) -> maybe(name text?)
SELECT name FROM pledge WHERE id = $1;

--: pledge_rename(id int, name text) -> count
UPDATE pledge SET name = $2 WHERE id = $1;

--: pledge_swapped(low int, high int) -> one(first int, second int)
SELECT CAST($2 AS BIGINT) AS first, CAST($1 AS BIGINT) AS second;

--: note_insert(pledge int, position int, body text) -> none
INSERT INTO note (pledge, position, body) VALUES ($1, $2, $3);

--: note_delete_all() -> none  #staff
DELETE FROM note;

--: head_move(name text, by int) -> one(size int)  #worker
UPDATE head SET size = size + $2 WHERE name = $1 RETURNING size;

--: head_size(name text) -> one(size int)
SELECT size FROM head WHERE name = $1;

--: two_heads() -> one(size int)
SELECT size FROM head UNION ALL SELECT size FROM head;

--: head_wait(name text) -> maybe(size int)
SELECT size FROM head WHERE name = $1;
--: head_wait@pg   -- rows stay locked
SELECT size FROM head WHERE name = $1 FOR UPDATE;
