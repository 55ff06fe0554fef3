-- SPDX-License-Identifier: EUPL-1.2
-- The log: queue, leaves, head, tallies, checkpoints.

--: log_queue_insert(declaration int, verb int, signature int, kind int, country text, commitment blob, leaf int) -> none
INSERT INTO log_queue (declaration, verb, signature, kind, country, commitment, leaf, version,
    source, nuts, nuts_version, lang, type)
VALUES ($1, $2, $3, $4, $5, $6, $7,
    COALESCE((SELECT s.text_version FROM signature s WHERE s.id = $3), 0),
    COALESCE((SELECT s.source FROM signature s WHERE s.id = $3), ''),
    COALESCE((SELECT s.nuts FROM signature s WHERE s.id = $3), ''),
    COALESCE((SELECT s.nuts_version FROM signature s WHERE s.id = $3), 0),
    COALESCE((SELECT s.lang FROM signature s WHERE s.id = $3), ''),
    COALESCE((SELECT s.type FROM signature s WHERE s.id = $3), ''));

-- An add that still waits takes a correction without a trace: nobody has seen it. What waits
-- behind it and speaks of it (leaf -1) changes with it.
--: log_queue_correct(signature int, country text, commitment blob) -> count
UPDATE log_queue SET country = $2, commitment = $3 WHERE signature = $1 AND leaf = -1;

-- Before the signature gets a new add: what still waits speaks of the old one.
--: log_queue_pin(signature int, leaf int) -> none
UPDATE log_queue SET leaf = $2 WHERE signature = $1 AND leaf = -1;

-- What waits and speaks of the new add.
--: log_queue_renew(signature int, version int, lang text) -> none
UPDATE log_queue SET version = $2, lang = $3 WHERE signature = $1 AND leaf = -1;

-- The same of region and type.
--: log_queue_set_facts(signature int, nuts text, nuts_version int, type text) -> none
UPDATE log_queue SET nuts = $2, nuts_version = $3, type = $4 WHERE signature = $1 AND leaf = -1;

--: log_queue_set_nuts(signature int, nuts text) -> none
UPDATE log_queue SET nuts = $2 WHERE signature = $1 AND leaf = -1;

--: log_queue_take(declaration int, most int) -> many(id int, verb int, signature int, kind int, country text, commitment blob, leaf int, version int, source text, nuts text, nuts_version int, lang text, type text)  #worker
SELECT id, verb, signature, kind, country, commitment, leaf, version, source, nuts, nuts_version,
    lang, type FROM log_queue
WHERE declaration = $1 ORDER BY id LIMIT $2;

--: log_queue_delete(id int) -> none  #worker
DELETE FROM log_queue WHERE id = $1;

--: log_queue_length() -> one(n int)
SELECT count(*) AS n FROM log_queue;

--: log_leaf_insert(declaration int, position int, entry text) -> none  #worker
INSERT INTO log_leaf (declaration, position, entry) VALUES ($1, $2, $3);

-- Leaf 0 is written when the declaration opens, before there is a queue.
--: log_leaf_open(declaration int, entry text) -> none
INSERT INTO log_leaf (declaration, position, entry) VALUES ($1, 0, $2);

--: log_leaves(declaration int, start int, stop int) -> many(position int, entry text)
SELECT position, entry FROM log_leaf WHERE declaration = $1 AND position >= $2 AND position < $3
ORDER BY position;

--: log_head_get(declaration int) -> maybe(size int, frontier blob, tallied int, tallied_at time, closed int, durability int)
SELECT size, frontier, tallied, tallied_at, closed, durability FROM log_head WHERE declaration = $1;

-- Once collecting has ended: how many who confirmed in time are still looked at, or may come back.
-- Before, nothing is counted: the sealer asks with every batch, and a flood may hold very many.
--: log_may_close(declaration int, ended time) -> maybe(held int)  #worker
SELECT (SELECT count(*) FROM held h JOIN signature s ON s.id = h.signature
    WHERE h.declaration = d.id AND h.since > 0 AND s.state IN (2, 4)) AS held
FROM declaration d WHERE d.id = $1 AND d.closes <= $2;

--: log_head_insert(declaration int, size int, frontier blob, tallied_at time) -> none
INSERT INTO log_head (declaration, size, frontier, tallied, tallied_at) VALUES ($1, $2, $3, 0, $4);

-- Refuses to move a head that somebody else moved: one sealer at a time, whatever the lease says.
--: log_head_move(declaration int, before int, size int, frontier blob, tallied int, tallied_at time, closed int, durability int) -> count  #worker
UPDATE log_head SET size = $3, frontier = $4, tallied = $5, tallied_at = $6, closed = $7,
    durability = $8
WHERE declaration = $1 AND size = $2;

--: tally_add(declaration int, kind int, country text, n int) -> none  #worker
INSERT INTO tally (declaration, kind, country, n) VALUES ($1, $2, $3, $4)
ON CONFLICT (declaration, kind, country) DO UPDATE SET n = tally.n + excluded.n;

--: version_tally_add(declaration int, version int, n int) -> none  #worker
INSERT INTO version_tally (declaration, version, n) VALUES ($1, $2, $3)
ON CONFLICT (declaration, version) DO UPDATE SET n = version_tally.n + excluded.n;

--: version_tally_all(declaration int) -> many(version int, n int)
SELECT version, n FROM version_tally WHERE declaration = $1 AND n <> 0 ORDER BY version;

--: source_tally_add(declaration int, source text, n int) -> none  #worker
INSERT INTO source_tally (declaration, source, n) VALUES ($1, $2, $3)
ON CONFLICT (declaration, source) DO UPDATE SET n = source_tally.n + excluded.n;

--: source_tally_all(declaration int) -> many(source text, n int)
SELECT source, n FROM source_tally WHERE declaration = $1 AND n <> 0 ORDER BY source;

--: region_tally_add(declaration int, nuts_version int, nuts text, n int) -> none  #worker
INSERT INTO region_tally (declaration, nuts_version, nuts, n) VALUES ($1, $2, $3, $4)
ON CONFLICT (declaration, nuts_version, nuts) DO UPDATE SET n = region_tally.n + excluded.n;

--: region_tally_all(declaration int) -> many(nuts_version int, nuts text, n int)
SELECT nuts_version, nuts, n FROM region_tally WHERE declaration = $1 AND n <> 0
ORDER BY nuts_version, nuts;

--: facet_tally_add(declaration int, facet int, value text, n int) -> none  #worker
INSERT INTO facet_tally (declaration, facet, value, n) VALUES ($1, $2, $3, $4)
ON CONFLICT (declaration, facet, value) DO UPDATE SET n = facet_tally.n + excluded.n;

--: facet_tally_all(declaration int) -> many(facet int, value text, n int)
SELECT facet, value, n FROM facet_tally WHERE declaration = $1 AND n <> 0 ORDER BY facet, value;

--: tally_total() -> one(n int)
SELECT CAST(COALESCE(sum(n), 0) AS BIGINT) AS n FROM tally;

--: tally_all(declaration int) -> many(kind int, country text, n int)
SELECT kind, country, n FROM tally WHERE declaration = $1 AND n <> 0 ORDER BY kind, country;

--: checkpoint_insert(declaration int, size int, root blob, note text, persons int, organisations int, mandates int, breakdown text, at time, versions text, sources text, regions text, languages text, types text) -> none  #worker
INSERT INTO checkpoint (declaration, size, root, note, persons, organisations, mandates, breakdown, at,
    versions, sources, regions, languages, types)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

--: checkpoint_cosigned(declaration int, size int, note text) -> none  #worker
UPDATE checkpoint SET note = $3 WHERE declaration = $1 AND size = $2;

-- One checkpoint a minute is kept, and the latest: `minute` is the start of that of the new one.
--: checkpoint_supersede(declaration int, size int, minute time) -> none  #worker
DELETE FROM checkpoint WHERE declaration = $1 AND at >= $3
    AND size = (SELECT max(c.size) FROM checkpoint c WHERE c.declaration = $1 AND c.size < $2);

-- The one before `size` keeps its numbers, and nothing of who stands where.
--: checkpoint_lighten(declaration int, size int) -> none  #worker
UPDATE checkpoint SET breakdown = '', versions = '', sources = '', regions = '', languages = '',
    types = ''
WHERE declaration = $1
    AND size = (SELECT max(c.size) FROM checkpoint c WHERE c.declaration = $1 AND c.size < $2);

--: checkpoint_latest(declaration int) -> maybe(size int, root blob, note text, persons int, organisations int, mandates int, breakdown text, at time, versions text, sources text, regions text, languages text, types text)
SELECT size, root, note, persons, organisations, mandates, breakdown, at, versions, sources, regions,
    languages, types FROM checkpoint
WHERE declaration = $1 ORDER BY size DESC LIMIT 1;

-- What is kept of the past, oldest first, behind the size `after`.
--: checkpoint_history(declaration int, after int, since time, until time, most int) -> many(size int, persons int, organisations int, mandates int, at time)
SELECT size, persons, organisations, mandates, at FROM checkpoint
WHERE declaration = $1 AND size > $2 AND at >= $3 AND at < $4 ORDER BY size LIMIT $5;

-- Of those before `before`, the last of each span is kept: all go whose next is of the same span.
--: checkpoint_thin(before time, span int, most int) -> count  #worker
DELETE FROM checkpoint WHERE (declaration, size) IN (
    SELECT c.declaration, c.size FROM checkpoint c WHERE c.at < $1 AND c.at / $2 = (
        SELECT k.at / $2 FROM checkpoint k WHERE k.declaration = c.declaration AND k.size > c.size
        ORDER BY k.size LIMIT 1)
    ORDER BY c.declaration, c.size LIMIT $3);

--: checkpoint_sizes() -> many(declaration int, size int)
SELECT d.id AS declaration,
    COALESCE((SELECT c.size FROM checkpoint c WHERE c.declaration = d.id ORDER BY c.size DESC LIMIT 1), 0) AS size
FROM declaration d ORDER BY d.id;
