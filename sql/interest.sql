-- SPDX-License-Identifier: EUPL-1.2
-- Who wants to be told when an action begins.

--: interest_find(action text, mailbox blob) -> maybe(id int, sealed blob)
SELECT id, sealed FROM interest WHERE action = $1 AND mailbox = $2;

-- No row: somebody else asks with the same address at this moment.
--: interest_insert(action text, mailbox blob, lang text, asked time, ends time, sealed blob) -> maybe(id int)
INSERT INTO interest (action, mailbox, lang, asked, confirmed, ends, sealed)
VALUES ($1, $2, $3, $4, 0, $5, $6)
ON CONFLICT (action, mailbox) DO NOTHING RETURNING id;

-- Asked once more before it was confirmed.
--: interest_prolong(id int, ends time) -> none
UPDATE interest SET ends = $2 WHERE id = $1 AND confirmed = 0;

--: interest_get(id int) -> maybe(action text, lang text, asked time, confirmed time, ends time, sealed blob)
SELECT action, lang, asked, confirmed, ends, sealed FROM interest WHERE id = $1;

--: interest_confirm(id int, now time, ends time) -> none
UPDATE interest SET confirmed = $2, ends = $3 WHERE id = $1 AND confirmed = 0;

--: interest_delete(id int) -> none
DELETE FROM interest WHERE id = $1;

--: interest_delete_mailbox(mailbox blob) -> count
DELETE FROM interest WHERE mailbox = $1;

-- Their mails that wait; kind: core/letter.h.
--: interest_job_delete(id int, kind int) -> none
DELETE FROM job WHERE link = $1 AND kind = $2 AND signature = 0;

--: interest_counts() -> many(action text, asked int, confirmed int)
SELECT action, count(*) FILTER (WHERE confirmed = 0) AS asked,
    count(*) FILTER (WHERE confirmed > 0) AS confirmed
FROM interest GROUP BY action ORDER BY action;

--: interest_list(action text, after int, most int) -> many(id int, action text, lang text, confirmed time, sealed blob)  #staff
SELECT id, action, lang, confirmed, sealed FROM interest
WHERE action = $1 AND confirmed > 0 AND id > $2 ORDER BY id LIMIT $3;

--: interest_sweep(now time, most int) -> count  #worker
DELETE FROM interest WHERE id IN (SELECT id FROM interest WHERE ends <= $1 ORDER BY ends LIMIT $2);

--: retention_interest(now time) -> one(n int, due int, oldest time)
SELECT count(*) AS n, count(*) FILTER (WHERE ends <= $1) AS due,
    COALESCE(min(ends), 0) AS oldest FROM interest;
