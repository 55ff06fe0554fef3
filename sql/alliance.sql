-- SPDX-License-Identifier: EUPL-1.2
-- The alliance: settings, content, declarations and their texts.

--: setting_get(name text) -> maybe(value text)
SELECT value FROM setting WHERE name = $1;

--: setting_put(name text, value text) -> none
INSERT INTO setting (name, value) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET value = excluded.value;

--: content_put(kind text, slug text, position int, facts text, since time) -> none
INSERT INTO content (kind, slug, position, facts, since) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (kind, slug) DO UPDATE SET position = excluded.position, facts = excluded.facts;

--: content_text_put(kind text, slug text, lang text, state text, header text, body text) -> none
INSERT INTO content_text (kind, slug, lang, state, header, body) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (kind, slug, lang) DO UPDATE SET state = excluded.state, header = excluded.header,
    body = excluded.body;

--: content_all() -> many(kind text, slug text, position int, facts text, since time)
SELECT kind, slug, position, facts, since FROM content ORDER BY kind, position, slug;

--: content_text_all() -> many(kind text, slug text, lang text, state text, header text, body text)
SELECT kind, slug, lang, state, header, body FROM content_text ORDER BY kind, slug, lang;

--: declaration_insert(slug text, is_light flag, opens time, closes time, goal int, per_mailbox int, kinds int, original_lang text, version int, manifest text, records text, recipients text) -> one(id int)
INSERT INTO declaration (slug, is_light, opens, closes, goal, per_mailbox, kinds, original_lang,
    version, manifest, records, recipients)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id;

--: declaration_update(id int, opens time, closes time, goal int, version int) -> none
UPDATE declaration SET opens = $2, closes = $3, goal = $4, version = $5 WHERE id = $1;

--: declaration_set_manifest(id int, manifest text) -> none
UPDATE declaration SET manifest = $2 WHERE id = $1;

--: declaration_all() -> many(id int, slug text, is_light flag, opens time, closes time, goal int, per_mailbox int, kinds int, original_lang text, version int, manifest text, records text, recipients text)
SELECT id, slug, is_light, opens, closes, goal, per_mailbox, kinds, original_lang, version, manifest,
    records, recipients
FROM declaration ORDER BY is_light, id DESC;

--: declaration_text_put(declaration int, version int, lang text, state text, title text, summary text, body text, hash blob) -> none
INSERT INTO declaration_text (declaration, version, lang, state, title, summary, body, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (declaration, version, lang) DO UPDATE SET state = excluded.state,
    title = excluded.title, summary = excluded.summary, body = excluded.body, hash = excluded.hash;

--: declaration_text_hashes(declaration int, version int) -> many(lang text, state text, hash blob)
SELECT lang, state, hash FROM declaration_text WHERE declaration = $1 AND version = $2 ORDER BY lang;

--: declaration_text_all() -> many(declaration int, version int, lang text, state text, title text, summary text, body text, hash blob)
SELECT declaration, version, lang, state, title, summary, body, hash FROM declaration_text
ORDER BY declaration, version, lang;

--: declaration_recipients(id int) -> maybe(recipients text)
SELECT recipients FROM declaration WHERE id = $1;

--: declaration_set_recipients(id int, recipients text) -> none #staff
UPDATE declaration SET recipients = $2 WHERE id = $1;
