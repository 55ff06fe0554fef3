-- SPDX-License-Identifier: EUPL-1.2
-- Members of partners, and where they stand in the register.

--: partner_member_delete_all() -> none
DELETE FROM partner_member;

--: partner_member_put(partner text, mark text) -> none
INSERT INTO partner_member (partner, mark) VALUES ($1, $2) ON CONFLICT (partner, mark) DO NOTHING;

--: listing_mark_put(signature int, mark text, declaration int) -> none
INSERT INTO listing_mark (signature, mark, declaration) VALUES ($1, $2, $3)
ON CONFLICT (signature, mark) DO NOTHING;

--: listing_mark_delete(signature int) -> none
DELETE FROM listing_mark WHERE signature = $1;

-- Newest first; `before` is the last signature of the page above (or the largest number).
--: partner_listed(declaration int, partner text, before int, most int) -> many(signature int, kind int, name text, organisation text, function text, type text, reason text, country text, region text, website text, political_group text, confirmed time, is_sample flag, version int)
SELECT l.signature AS signature, l.kind AS kind, l.name AS name, l.organisation AS organisation,
    l.function AS function, l.type AS type,
    CASE WHEN l.reason_state = 1 THEN l.reason ELSE '' END AS reason, l.country AS country,
    l.region AS region, l.website AS website, l.political_group AS political_group,
    COALESCE(l.confirmed, 0) AS confirmed, l.is_sample AS is_sample,
    COALESCE((SELECT s.text_version FROM signature s WHERE s.id = l.signature), 0) AS version
FROM (SELECT DISTINCT k.signature FROM partner_member m
    JOIN listing_mark k ON k.mark = m.mark AND k.declaration = $1
    WHERE m.partner = $2 AND k.signature < $3) AS found
JOIN listing l ON l.signature = found.signature
WHERE l.is_shown = 1 ORDER BY l.signature DESC LIMIT $4;
