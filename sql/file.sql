-- SPDX-License-Identifier: EUPL-1.2
-- Files beside items.

--: file_put(kind text, slug text, name text, form int, published text, hash blob, source blob, bytes int, width int, height int) -> none
INSERT INTO content_file (kind, slug, name, form, published, hash, source, bytes, width, height)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

--: file_delete_of(kind text, slug text) -> none
DELETE FROM content_file WHERE kind = $1 AND slug = $2;

--: file_all() -> many(kind text, slug text, name text, form int, published text, hash blob, source blob, bytes int, width int, height int)
SELECT kind, slug, name, form, published, hash, source, bytes, width, height FROM content_file
ORDER BY kind, slug, name, form;

-- Texts of files, by the hash of the author's file.
--: file_text_put(source blob, words text) -> none
INSERT INTO file_text (source, words) VALUES ($1, $2)
ON CONFLICT (source) DO UPDATE SET words = excluded.words;

--: file_text_get(source blob) -> maybe(words text)
SELECT words FROM file_text WHERE source = $1;

--: file_text_is_there(source blob) -> one(n int)
SELECT count(*) AS n FROM file_text WHERE source = $1;

--: file_is_used(source blob) -> one(n int)
SELECT count(*) AS n FROM content_file WHERE source = $1;

--: file_text_delete_unused() -> none
DELETE FROM file_text
WHERE NOT EXISTS (SELECT 1 FROM content_file f WHERE f.source = file_text.source);
