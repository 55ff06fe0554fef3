-- SPDX-License-Identifier: EUPL-1.2
-- What tests of the rules look at behind the rules' back.

--: probe_counts() -> one(signatures int, records int, record_keys int, listings int, links int, jobs int, mailboxes int, queue int, leaves int, mail_log int, budgets int, consents int, names int, from_sites int)
SELECT (SELECT count(*) FROM signature) AS signatures, (SELECT count(*) FROM record) AS records,
    (SELECT count(*) FROM record_key) AS record_keys,
    (SELECT count(*) FROM listing) AS listings, (SELECT count(*) FROM link) AS links,
    (SELECT count(*) FROM job) AS jobs, (SELECT count(*) FROM mailbox) AS mailboxes,
    (SELECT count(*) FROM log_queue) AS queue, (SELECT count(*) FROM log_leaf) AS leaves,
    (SELECT count(*) FROM mail_log) AS mail_log, (SELECT count(*) FROM mail_budget) AS budgets,
    (SELECT count(*) FROM consent_change) AS consents,
    (SELECT count(*) FROM listing_name) AS names,
    (SELECT count(*) FROM api_signature) AS from_sites;

--: probe_regions() -> many(nuts text, nuts_version int)
SELECT nuts, nuts_version FROM signature ORDER BY id;

--: probe_facets() -> many(lang text, type text)
SELECT lang, type FROM signature ORDER BY id;

--: probe_signatures() -> many(id int, declaration int, kind int, state int, country text, lang text, text_version int, is_listed flag, wants_news flag, mailbox blob, signer blob, commitment blob, leaf int)
SELECT id, declaration, kind, state, country, lang, text_version, is_listed, wants_news, mailbox,
    signer, commitment, COALESCE(leaf, -1) AS leaf
FROM signature ORDER BY id;

--: probe_counted(declaration int) -> many(kind int, country text, n int)
SELECT kind, country, count(*) AS n FROM signature WHERE declaration = $1 AND state = 1
GROUP BY kind, country ORDER BY kind DESC, country;

--: probe_jobs() -> many(id int, priority int, due time, kind int, attempts int, created time, signature int, link int, lang text, sealed blob)
SELECT id, priority, due, kind, attempts, created, signature, link, lang, sealed FROM job
ORDER BY id;

--: probe_queue() -> many(id int, verb int, signature int, kind int, country text, commitment blob, leaf int)
SELECT id, verb, signature, kind, country, commitment, leaf FROM log_queue ORDER BY id;

--: probe_mailboxes() -> many(declaration int, mailbox blob, slot int, signer blob, signature int)
SELECT declaration, mailbox, slot, signer, signature FROM mailbox
ORDER BY declaration, mailbox, slot;

--: probe_links() -> many(id int, signature int, hash blob, expires time)
SELECT id, signature, hash, expires FROM link ORDER BY id;

--: probe_consents() -> many(signature int, what text, is_given flag, lang text, text_version int, day int)
SELECT signature, what, is_given, lang, text_version, day FROM consent_change ORDER BY id;

--: probe_mail_log() -> many(at time, kind int, lang text, attempts int, fate text, code int)
SELECT at, kind, lang, attempts, fate, code FROM mail_log ORDER BY id;

--: probe_record(signature int) -> maybe(header blob, payload blob, commitment blob, mailbox blob)
SELECT record_key.header, record.payload, signature.commitment, signature.mailbox FROM record
JOIN record_key ON record_key.signature = record.signature
JOIN signature ON signature.id = record.signature WHERE record.signature = $1;

--: probe_news() -> many(signature int, declaration int, lang text, address blob)
SELECT signature, declaration, lang, address FROM news ORDER BY signature;

--: probe_leaf_put(declaration int, position int, entry text) -> none
INSERT INTO log_leaf (declaration, position, entry) VALUES ($1, $2, $3);

--: probe_leaf_change(declaration int, position int, entry text) -> none
UPDATE log_leaf SET entry = $3 WHERE declaration = $1 AND position = $2;

--: probe_leaves_cut(declaration int, size int) -> none
DELETE FROM log_leaf WHERE declaration = $1 AND position >= $2;

--: probe_head_put(declaration int, size int, frontier blob) -> none
UPDATE log_head SET size = $2, frontier = $3 WHERE declaration = $1;

--: probe_checkpoints_cut(declaration int, size int) -> none
DELETE FROM checkpoint WHERE declaration = $1 AND size > $2;

--: probe_checkpoint_root(declaration int, size int, root blob) -> none
UPDATE checkpoint SET root = $3 WHERE declaration = $1 AND size = $2;

--: probe_checkpoints(declaration int) -> one(n int)
SELECT count(*) AS n FROM checkpoint WHERE declaration = $1;

--: probe_splits(declaration int) -> one(n int)
SELECT count(*) AS n FROM checkpoint WHERE declaration = $1
    AND breakdown || versions || sources || regions || languages || types <> '';

-- As many entries of the register again as there are, until there are enough of them.
--: probe_register_double(most int) -> count
INSERT INTO listing (signature, declaration, kind, is_shown, name, organisation, function, type,
    reason, reason_state, country, region, folded, confirmed, is_sample)
SELECT signature + (SELECT max(signature) FROM listing), declaration, kind, is_shown, 'Many',
    organisation, function, type, reason, 0, country, region, 'many', confirmed, is_sample
FROM listing ORDER BY signature LIMIT $1;

--: probe_listings() -> many(signature int, name text, website text, political_group text)
SELECT signature, name, website, political_group FROM listing ORDER BY signature;

--: probe_key_proven(recipient text, code blob) -> none
INSERT INTO key_proof (recipient, code, asked, proven) VALUES ($1, $2, 1, 1)
ON CONFLICT (recipient) DO UPDATE SET proven = 1;

--: probe_sources() -> many(id int, state int, source text)
SELECT id, state, source FROM signature ORDER BY id;

--: probe_joinings() -> many(id int, state int, lang text, sealed blob, note text)
SELECT id, state, lang, sealed, note FROM joining ORDER BY id;

-- As a database of before: entries of the register without marks.
--: probe_marks_forget() -> none
DELETE FROM listing_mark;
--: probe_collation_forget() -> none
DELETE FROM setting WHERE name = 'collation';

-- Likewise: items without the day on which they came.
--: probe_content_undate() -> none
UPDATE content SET since = 0;
