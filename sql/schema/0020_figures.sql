-- SPDX-License-Identifier: EUPL-1.2
-- Counts by language and by type of organisation, made where the log counts. And a past of the
-- count by the minute, whose points keep numbers alone.

ALTER TABLE signature ADD COLUMN type @text NOT NULL DEFAULT ''; -- of an organisation; empty: not known here
ALTER TABLE log_queue ADD COLUMN lang @text NOT NULL DEFAULT ''; -- both as they stood when it was queued
ALTER TABLE log_queue ADD COLUMN type @text NOT NULL DEFAULT '';

CREATE TABLE facet_tally (
    declaration @int NOT NULL,
    facet @int NOT NULL, -- 1 language that was signed in, 2 type of organisation
    value @text NOT NULL,
    n @int NOT NULL,
    PRIMARY KEY (declaration, facet, value)
) @without_rowid;

ALTER TABLE checkpoint ADD COLUMN languages @text NOT NULL DEFAULT ''; -- "da 12" lines
ALTER TABLE checkpoint ADD COLUMN types @text NOT NULL DEFAULT '';     -- "ngo 3" lines

-- Of organisations that signed before, only the register says what they are.
UPDATE signature SET type = l.type FROM listing l
WHERE l.signature = signature.id AND l.kind = 2 AND signature.kind = 2;
UPDATE log_queue SET lang = s.lang, type = s.type FROM signature s WHERE s.id = log_queue.signature;

-- What the log will have counted when all that waits is in it, less what waits.
INSERT INTO facet_tally (declaration, facet, value, n)
SELECT declaration, 1, lang, CAST(sum(n) AS BIGINT) FROM (
    SELECT declaration, lang, 1 AS n FROM signature WHERE state = 1 AND lang <> ''
    UNION ALL
    SELECT declaration, lang, CASE WHEN verb IN (1, 3) THEN -1 ELSE 1 END AS n FROM log_queue
    WHERE verb <> 6 AND lang <> '') AS counted
GROUP BY declaration, lang;
INSERT INTO facet_tally (declaration, facet, value, n)
SELECT declaration, 2, type, CAST(sum(n) AS BIGINT) FROM (
    SELECT declaration, type, 1 AS n FROM signature WHERE state = 1 AND type <> ''
    UNION ALL
    SELECT declaration, type, CASE WHEN verb IN (1, 3) THEN -1 ELSE 1 END AS n FROM log_queue
    WHERE verb <> 6 AND type <> '') AS counted
GROUP BY declaration, type;

-- Of checkpoints that others have followed, the numbers are kept, and no more of who stands where.
UPDATE checkpoint SET breakdown = '', versions = '', sources = '', regions = ''
WHERE size < (SELECT max(c.size) FROM checkpoint c WHERE c.declaration = checkpoint.declaration);
