-- SPDX-License-Identifier: EUPL-1.2
-- Who is told what happened, and what still has to be told.

--: webhook_insert(url text, events text, created time) -> one(id int)  #staff
INSERT INTO webhook (url, events, created, failing, is_off) VALUES ($1, $2, $3, NULL, 0) RETURNING id;

--: webhook_list() -> many(id int, url text, events text, created time, failing time?, is_off flag, waiting int)
SELECT w.id AS id, w.url AS url, w.events AS events, w.created AS created, w.failing AS failing,
    w.is_off AS is_off,
    (SELECT count(*) FROM webhook_job j WHERE j.webhook = w.id) AS waiting
FROM webhook w ORDER BY w.id;

--: webhook_get(id int) -> maybe(url text, created time, failing time?, is_off flag)
SELECT url, created, failing, is_off FROM webhook WHERE id = $1;

--: webhook_delete(id int) -> count  #staff
DELETE FROM webhook WHERE id = $1;

--: webhook_on(id int) -> count  #staff
UPDATE webhook SET is_off = 0, failing = NULL WHERE id = $1;

--: webhook_failing(id int, at time) -> none  #worker
UPDATE webhook SET failing = $2 WHERE id = $1 AND failing IS NULL;

--: webhook_well(id int) -> none  #worker
UPDATE webhook SET failing = NULL WHERE id = $1;

--: webhook_off(id int) -> none  #worker
UPDATE webhook SET is_off = 1 WHERE id = $1;

--: webhook_job_insert(webhook int, body text, due time) -> none
INSERT INTO webhook_job (webhook, body, due, attempts, created) VALUES ($1, $2, $3, 0, $3);

--: webhook_job_due(now time, most int) -> many(id int, webhook int, body text, attempts int, created time)  #worker
SELECT id, webhook, body, attempts, created FROM webhook_job WHERE due <= $1 ORDER BY due, id LIMIT $2;

-- The claim itself, as with job_lease.
--: webhook_job_lease(id int, attempts int, until time) -> count  #worker
UPDATE webhook_job SET due = $3, attempts = attempts + 1 WHERE id = $1 AND attempts = $2;

--: webhook_job_again(id int, attempts int, due time) -> none  #worker
UPDATE webhook_job SET due = $3 WHERE id = $1 AND attempts = $2;

--: webhook_job_delete(id int, attempts int) -> none  #worker
DELETE FROM webhook_job WHERE id = $1 AND attempts = $2;

--: webhook_job_delete_of(webhook int) -> none
DELETE FROM webhook_job WHERE webhook = $1;

-- What is said about a declaration.
--: webhook_subject(declaration int) -> maybe(slug text, goal int)
SELECT slug, goal FROM declaration WHERE id = $1;
