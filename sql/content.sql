-- SPDX-License-Identifier: EUPL-1.2
-- Differences between a content folder and what stands, and what they replace.

--: content_delete(kind text, slug text) -> none
DELETE FROM content WHERE kind = $1 AND slug = $2;

--: content_text_delete(kind text, slug text, lang text) -> none
DELETE FROM content_text WHERE kind = $1 AND slug = $2 AND lang = $3;

--: content_past_put(kind text, slug text, lang text, until time, is_removed flag, state text, header text, body text) -> none
INSERT INTO content_past (kind, slug, lang, until, is_removed, state, header, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

--: content_past(kind text, slug text, lang text, most int) -> many(lang text, until time, is_removed flag, state text, header text, body text)
SELECT lang, until, is_removed, state, header, body FROM content_past
WHERE kind = $1 AND slug = $2 AND (CAST($3 AS TEXT) = '' OR lang = $3) ORDER BY id DESC LIMIT $4;

-- Those of before this was noted.
--: content_date(now time) -> count
UPDATE content SET since = $1 WHERE since = 0;
