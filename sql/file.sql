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
