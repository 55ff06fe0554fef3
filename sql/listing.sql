-- SPDX-License-Identifier: EUPL-1.2
-- The public register: what signers chose to show.

--: listing_insert(signature int, declaration int, kind int, is_shown flag, name text, organisation text, function text, type text, reason text, country text, region text, website text, political_group text, folded text, confirmed time, is_sample flag) -> none
INSERT INTO listing (signature, declaration, kind, is_shown, name, organisation, function, type,
    reason, reason_state, country, region, website, political_group, folded, confirmed, is_sample)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13, $14, $15, $16);

--: listing_show(signature int, confirmed time) -> none
UPDATE listing SET is_shown = 1, confirmed = $2 WHERE signature = $1;

--: listing_hide(signature int) -> none
UPDATE listing SET is_shown = 0 WHERE signature = $1;

--: listing_get(signature int) -> maybe(name text, organisation text, function text, type text, reason text, region text, website text, political_group text)
SELECT name, organisation, function, type, reason, region, website, political_group FROM listing WHERE signature = $1;

--: listing_delete(signature int) -> none
DELETE FROM listing WHERE signature = $1;

-- Newest first; `before` is the last signature of the page above (or the largest number). An
-- empty country or pattern and kind 0 mean any. No more than `scanned` are looked at: words that
-- nobody bears must not cost a walk along everybody.
--: listing_page(declaration int, before int, kind int, country text, pattern text, most int, scanned int) -> many(signature int, kind int, name text, organisation text, function text, type text, reason text, country text, region text, website text, political_group text, confirmed time, is_sample flag)
SELECT signature, kind, name, organisation, function, type, reason, country, region, website,
    political_group, COALESCE(confirmed, 0) AS confirmed, is_sample
FROM (SELECT signature, kind, name, organisation, function, type,
        CASE WHEN reason_state = 1 THEN reason ELSE '' END AS reason, country, region, website,
        political_group, folded, confirmed, is_sample
    FROM listing WHERE declaration = $1 AND is_shown = 1 AND signature < $2
    ORDER BY signature DESC LIMIT $7) AS looked_at
WHERE (CAST($3 AS BIGINT) = 0 OR kind = $3)
    AND (CAST($4 AS TEXT) = '' OR country = $4)
    AND (CAST($5 AS TEXT) = '' OR folded LIKE $5 ESCAPE '!')
ORDER BY signature DESC LIMIT $6;

-- Where a look at that many ends; none when all have been seen.
--: listing_reach(declaration int, before int, passed int) -> maybe(signature int)
SELECT signature FROM listing WHERE declaration = $1 AND is_shown = 1 AND signature < $2
ORDER BY signature DESC LIMIT 1 OFFSET $3;

--: listing_count(declaration int) -> one(n int)
SELECT count(*) AS n FROM listing WHERE declaration = $1 AND is_shown = 1;

--: reason_unread(after int, most int) -> many(signature int, kind int, name text, organisation text, reason text)
SELECT signature, kind, name, organisation, reason FROM listing
WHERE is_shown = 1 AND reason_state = 0 AND reason <> '' AND signature > $1
ORDER BY signature LIMIT $2;

--: reason_settle(signature int, state int) -> count
UPDATE listing SET reason_state = $2 WHERE signature = $1 AND reason <> '';
