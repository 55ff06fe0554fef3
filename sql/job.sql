-- SPDX-License-Identifier: EUPL-1.2
-- Jobs, leases, mail budget and mail log.

--: job_insert(priority int, due time, kind int, created time, signature int, link int, lang text, sealed blob) -> none
INSERT INTO job (priority, due, kind, attempts, created, signature, link, lang, sealed)
VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8);

--: job_due(priority int, now time, most int) -> many(id int, kind int, attempts int, created time, signature int, link int, lang text, sealed blob)  #worker
SELECT id, kind, attempts, created, signature, link, lang, sealed FROM job
WHERE priority = $1 AND due <= $2 ORDER BY due, id LIMIT $3;

-- The claim itself: fails to match when another worker took the job meanwhile.
--: job_lease(id int, attempts int, until time) -> count  #worker
UPDATE job SET due = $3, attempts = attempts + 1 WHERE id = $1 AND attempts = $2;

-- Only who holds the lease may end or move a job: `attempts` counts leases, and `created` tells a
-- job from one that got its number after it was deleted.
--: job_again(id int, created time, attempts int, due time) -> none  #worker
UPDATE job SET due = $4 WHERE id = $1 AND created = $2 AND attempts = $3;

-- As if never tried: the day's budget was spent.
--: job_postpone(id int, created time, attempts int, due time) -> none  #worker
UPDATE job SET due = $4, attempts = 0 WHERE id = $1 AND created = $2 AND attempts = $3;

-- The attempt does not count. least: 1 once a letter was prepared, because the first attempt spent
-- the day's budget.
--: job_release(id int, created time, attempts int, least int, due time) -> none  #worker
UPDATE job SET due = $5, attempts = CASE WHEN attempts > $4 THEN attempts - 1 ELSE attempts END
WHERE id = $1 AND created = $2 AND attempts = $3;

--: job_remind(id int, created time, attempts int, due time) -> none  #worker
UPDATE job SET priority = 2, kind = 2, due = $4, attempts = 0
WHERE id = $1 AND created = $2 AND attempts = $3;

--: job_delete(id int, created time, attempts int) -> none  #worker
DELETE FROM job WHERE id = $1 AND created = $2 AND attempts = $3;

--: job_delete_of(signature int) -> none
DELETE FROM job WHERE signature = $1;

--: job_all_of(signature int) -> many(kind int, created time, due time)
SELECT kind, created, due FROM job WHERE signature = $1 ORDER BY id;

-- Somebody asks for links by an address: no signature is named.
--: job_asking() -> many(id int, created time, sealed blob)
SELECT id, created, sealed FROM job WHERE signature = 0 AND kind = 3 ORDER BY id LIMIT 10000;

--: job_delete_asking(id int, created time) -> none
DELETE FROM job WHERE id = $1 AND created = $2 AND signature = 0;

-- About a request to join: its number stands in the place of a link's.
--: job_delete_joining(joining int) -> none
DELETE FROM job WHERE signature = 0 AND link = $1 AND kind > 6;

--: job_count_of(signature int) -> one(n int)
SELECT count(*) AS n FROM job WHERE signature = $1 AND kind <> 2;

--: job_waiting(now time) -> one(waiting int, overdue int, oldest time)
SELECT count(*) AS waiting, count(*) FILTER (WHERE due <= $1) AS overdue,
    COALESCE(min(created), 0) AS oldest FROM job WHERE priority < 2;

-- $5: who holds it for longer took it by a clock that has been set back since.
--: lease_take(name text, holder text, until time, now time, furthest time) -> count  #worker
INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE lease.holder = excluded.holder OR lease.until < $4 OR lease.until > $5;

--: lease_get(name text) -> maybe(holder text, until time)
SELECT holder, until FROM lease WHERE name = $1;

--: lease_release(name text, holder text) -> none  #worker
DELETE FROM lease WHERE name = $1 AND holder = $2;

-- The turn of the next letters of mailings, over all mailers: theirs who finds the last one over. $3
-- as with a lease.
--: mailing_turn(next time, now time, furthest time) -> count  #worker
INSERT INTO lease (name, holder, until) VALUES ('mailing', '', $1)
ON CONFLICT (name) DO UPDATE SET until = excluded.until
WHERE lease.until <= $2 OR lease.until > $3;

--: mail_budget_spend(day int, address blob, most int) -> count  #worker
INSERT INTO mail_budget (day, address, n) VALUES ($1, $2, 1)
ON CONFLICT (day, address) DO UPDATE SET n = mail_budget.n + 1 WHERE mail_budget.n < $3;

--: mail_budget_expire(before int) -> none  #worker
DELETE FROM mail_budget WHERE day < $1;

--: mail_log_insert(at time, kind int, lang text, attempts int, fate text, code int) -> none  #worker
INSERT INTO mail_log (at, kind, lang, attempts, fate, code) VALUES ($1, $2, $3, $4, $5, $6);

--: mail_log_expire(before time, most int) -> count  #worker
DELETE FROM mail_log WHERE id IN (SELECT id FROM mail_log WHERE at < $1 ORDER BY at LIMIT $2);

--: mail_log_recent(since time) -> many(fate text, n int)
SELECT fate, count(*) AS n FROM mail_log WHERE at >= $1 GROUP BY fate ORDER BY fate;

-- Of what went to the relay; what came back says nothing about it.
--: mail_log_last() -> maybe(at time, fate text, code int)
SELECT at, fate, code FROM mail_log WHERE kind > 0 ORDER BY id DESC LIMIT 1;
