-- SPDX-License-Identifier: EUPL-1.2
-- Traces, held signatures, known domains.

--: trace_insert(signature int, declaration int, at time, flags int, domain blob, narrow blob, wide blob, narrow_before blob, wide_before blob) -> none
INSERT INTO trace (signature, declaration, at, flags, domain, narrow, wide, narrow_before, wide_before)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- Of one signature: its trace (at 0: none any more) and what was said of it before (empty: nothing).
--: hold_facts(signature int) -> maybe(declaration int, at time, flags int, domain blob?, narrow blob?, wide blob?, narrow_before blob?, wide_before blob?, rule text, until time)
SELECT s.declaration AS declaration, COALESCE(t.at, 0) AS at, COALESCE(t.flags, 0) AS flags,
    s.domain AS domain, t.narrow AS narrow, t.wide AS wide, t.narrow_before AS narrow_before,
    t.wide_before AS wide_before, COALESCE(h.rule, '') AS rule, COALESCE(h.until, 0) AS until
FROM signature s LEFT JOIN trace t ON t.signature = s.id LEFT JOIN held h ON h.signature = s.id
WHERE s.id = $1;

--: trace_after(after int, most int) -> many(signature int, declaration int, at time, flags int, domain blob, narrow blob, wide blob)
SELECT signature, declaration, at, flags, domain, narrow, wide FROM trace
WHERE signature > $1 ORDER BY signature LIMIT $2;

-- Numbers grow with time, near enough.
--: trace_delete_old(before time, most int) -> count
DELETE FROM trace WHERE signature IN (SELECT signature FROM trace ORDER BY signature LIMIT $2)
    AND at < $1;

--: trace_delete(signature int) -> none
DELETE FROM trace WHERE signature = $1;

--: signature_hold(signature int, confirmed time) -> count
UPDATE signature SET state = 4, confirmed = $2 WHERE id = $1 AND state = 0;

--: signature_withdraw_held(signature int, withdrawn time) -> count
UPDATE signature SET state = 2, withdrawn = $2 WHERE id = $1 AND state = 4;

--: signature_undo_held(signature int) -> count
UPDATE signature SET state = 4, withdrawn = NULL WHERE id = $1 AND state = 2;

-- From one state to another, and only from that one.
--: signature_move(signature int, before int, after int) -> count
UPDATE signature SET state = $3 WHERE id = $1 AND state = $2;

--: held_put(signature int, declaration int, rule text, since time, until time) -> none
INSERT INTO held (signature, declaration, rule, since, until) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (signature) DO UPDATE SET rule = excluded.rule, since = excluded.since,
    until = excluded.until;

--: held_get(signature int) -> maybe(rule text, since time, until time)
SELECT rule, since, until FROM held WHERE signature = $1;

--: held_due(now time, most int) -> many(signature int)
SELECT signature FROM held WHERE until > 0 AND until <= $1 ORDER BY until, signature LIMIT $2;

--: held_set_until(signature int, until time) -> none
UPDATE held SET until = $2 WHERE signature = $1;

--: held_delete(signature int) -> none
DELETE FROM held WHERE signature = $1;

--: held_rules() -> many(declaration int, rule text, n int, waiting int, oldest time)
SELECT declaration, rule, count(*) AS n, count(*) FILTER (WHERE until = 0) AS waiting,
    min(since) AS oldest
FROM held WHERE since > 0 GROUP BY declaration, rule ORDER BY declaration, rule;

--: mail_domain_all() -> many(name text, class int)
SELECT name, class FROM mail_domain ORDER BY name;

--: mail_domain_note(name text) -> none
INSERT INTO mail_domain (name, class) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING;

--: mail_domain_put(name text, class int) -> none
INSERT INTO mail_domain (name, class) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET class = excluded.class;

--: mail_domain_delete(name text) -> count
DELETE FROM mail_domain WHERE name = $1;
