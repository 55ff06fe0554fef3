-- SPDX-License-Identifier: EUPL-1.2
-- The public register: what signers chose to show.

--: listing_insert(signature int, declaration int, kind int, is_shown flag, name text, organisation text, function text, type text, reason text, country text, region text, website text, political_group text, folded text, confirmed time, is_sample flag) -> none
INSERT INTO listing (signature, declaration, kind, is_shown, name, organisation, function, type,
    reason, reason_state, country, region, website, political_group, folded, confirmed, is_sample,
    nuts)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13, $14, $15, $16,
    COALESCE((SELECT s.nuts FROM signature s WHERE s.id = $1), ''));

--: listing_show(signature int, confirmed time) -> none
UPDATE listing SET is_shown = 1, confirmed = $2 WHERE signature = $1;

-- Only core/listing.c: what hides or deletes a line takes it out of the order and the count, too.
--: listing_row_hide(signature int) -> none
UPDATE listing SET is_shown = 0 WHERE signature = $1;

--: listing_get(signature int) -> maybe(name text, organisation text, function text, type text, reason text, region text, website text, political_group text)
SELECT name, organisation, function, type, reason, region, website, political_group FROM listing WHERE signature = $1;

--: listing_row_delete(signature int) -> none
DELETE FROM listing WHERE signature = $1;

-- Newest first; `before` is the last signature of the page above (or the largest number). An
-- empty country or pattern and kind 0 mean any. No more than `scanned` are looked at: words that
-- nobody bears must not cost a walk along everybody.
--: listing_page(declaration int, before int, kind int, country text, pattern text, most int, scanned int, nuts text) -> many(signature int, kind int, name text, organisation text, function text, type text, reason text, country text, region text, website text, political_group text, confirmed time, is_sample flag, version int)
SELECT signature, kind, name, organisation, function, type, reason, country, region, website,
    political_group, COALESCE(confirmed, 0) AS confirmed, is_sample,
    COALESCE((SELECT s.text_version FROM signature s WHERE s.id = looked_at.signature), 0) AS version
FROM (SELECT signature, kind, name, organisation, function, type,
        CASE WHEN reason_state = 1 THEN reason ELSE '' END AS reason, country, region, website,
        political_group, folded, confirmed, is_sample, nuts
    FROM listing WHERE declaration = $1 AND is_shown = 1 AND signature < $2
    ORDER BY signature DESC LIMIT $7) AS looked_at
WHERE (CAST($3 AS BIGINT) = 0 OR kind = $3)
    AND (CAST($4 AS TEXT) = '' OR country = $4)
    AND (CAST($5 AS TEXT) = '' OR folded LIKE $5 ESCAPE '!')
    AND (CAST($8 AS TEXT) = '' OR substr(nuts, 1, length(CAST($8 AS TEXT))) = $8)
ORDER BY signature DESC LIMIT $6;

-- Where a look at that many ends; none when all have been seen.
--: listing_reach(declaration int, before int, passed int) -> maybe(signature int)
SELECT signature FROM listing WHERE declaration = $1 AND is_shown = 1 AND signature < $2
ORDER BY signature DESC LIMIT 1 OFFSET $3;

-- By name: those behind (sort_key, signature) in one collation, less those whose `others` has `bit`,
-- a power of two. No more than `scanned` are looked at.
--: listing_by_name(declaration int, sorted_as int, bit int, sort_key blob, after int, kind int, country text, pattern text, most int, scanned int, nuts text) -> many(sort_key blob, signature int, kind int, name text, organisation text, function text, type text, reason text, country text, region text, website text, political_group text, confirmed time, is_sample flag, version int)
SELECT o.sort_key AS sort_key, l.signature AS signature, l.kind AS kind, l.name AS name,
    l.organisation AS organisation, l.function AS function, l.type AS type,
    CASE WHEN l.reason_state = 1 THEN l.reason ELSE '' END AS reason, l.country AS country,
    l.region AS region, l.website AS website, l.political_group AS political_group,
    COALESCE(l.confirmed, 0) AS confirmed, l.is_sample AS is_sample,
    COALESCE((SELECT s.text_version FROM signature s WHERE s.id = l.signature), 0) AS version
FROM (SELECT sort_key, signature FROM listing_name
    WHERE declaration = $1 AND sorted_as = $2 AND (sort_key, signature) > ($4, $5)
        AND (others / $3) % 2 = 0
    ORDER BY sort_key, signature LIMIT $10) AS o
JOIN listing l ON l.signature = o.signature
WHERE l.is_shown = 1 AND (CAST($6 AS BIGINT) = 0 OR l.kind = $6)
    AND (CAST($7 AS TEXT) = '' OR l.country = $7)
    AND (CAST($8 AS TEXT) = '' OR l.folded LIKE $8 ESCAPE '!')
    AND (CAST($11 AS TEXT) = '' OR substr(l.nuts, 1, length(CAST($11 AS TEXT))) = $11)
ORDER BY o.sort_key, o.signature LIMIT $9;

-- Where a look at that many ends; none when all have been seen.
--: listing_by_name_reach(declaration int, sorted_as int, bit int, sort_key blob, after int, passed int) -> maybe(sort_key blob, signature int)
SELECT sort_key, signature FROM listing_name
WHERE declaration = $1 AND sorted_as = $2 AND (sort_key, signature) > ($4, $5)
    AND (others / $3) % 2 = 0
ORDER BY sort_key, signature LIMIT 1 OFFSET $6;

--: listing_unsorted(most int) -> many(signature int, declaration int, kind int, name text, organisation text, website text)
SELECT signature, declaration, kind, name, organisation, website FROM listing
WHERE is_shown = 1 AND is_sorted = 0 ORDER BY signature LIMIT $1;

--: listing_set_sorted(signature int, is_sorted flag) -> count
UPDATE listing SET is_sorted = $2 WHERE signature = $1 AND is_sorted <> $2;

--: listing_sorted(after int, most int) -> many(signature int)
SELECT signature FROM listing WHERE signature > $1 AND is_sorted = 1 ORDER BY signature LIMIT $2;

--: listing_name_insert(signature int, sorted_as int, declaration int, sort_key blob, others int) -> none
INSERT INTO listing_name (signature, sorted_as, declaration, sort_key, others)
VALUES ($1, $2, $3, $4, $5);

--: listing_name_delete(signature int) -> none
DELETE FROM listing_name WHERE signature = $1;

--: listing_count_add(declaration int, n int) -> none
INSERT INTO listing_count (declaration, n) VALUES ($1, $2)
ON CONFLICT (declaration) DO UPDATE SET n = listing_count.n + excluded.n;

--: listing_count_less(signature int) -> none
UPDATE listing_count SET n = n - 1
WHERE declaration = (SELECT l.declaration FROM listing l WHERE l.signature = $1);

--: listing_count(declaration int) -> maybe(n int)
SELECT n FROM listing_count WHERE declaration = $1;

--: reason_unread(after int, most int) -> many(signature int, kind int, name text, organisation text, reason text)
SELECT signature, kind, name, organisation, reason FROM listing
WHERE is_shown = 1 AND reason_state = 0 AND reason <> '' AND signature > $1
ORDER BY signature LIMIT $2;

--: reason_settle(signature int, state int) -> count
UPDATE listing SET reason_state = $2 WHERE signature = $1 AND reason <> '';
