-- SPDX-License-Identifier: EUPL-1.2
-- How many stand behind which version of a text, counted where the log counts.

ALTER TABLE log_queue ADD COLUMN version @int NOT NULL DEFAULT 0; -- that was signed when it was queued

CREATE TABLE version_tally (
    declaration @int NOT NULL,
    version @int NOT NULL,
    n @int NOT NULL,
    PRIMARY KEY (declaration, version)
) @without_rowid;

INSERT INTO version_tally (declaration, version, n)
SELECT declaration, text_version, count(*) FROM signature WHERE state = 1 AND leaf IS NOT NULL
GROUP BY declaration, text_version;

ALTER TABLE checkpoint ADD COLUMN versions @text NOT NULL DEFAULT ''; -- "1 12" lines
