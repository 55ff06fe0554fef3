-- SPDX-License-Identifier: EUPL-1.2
-- The region of who named one: a NUTS code and the version of the classification that it belongs to,
-- empty and 0 for all others. Counted where the log counts.

ALTER TABLE signature ADD COLUMN nuts @text NOT NULL DEFAULT '';
ALTER TABLE signature ADD COLUMN nuts_version @int NOT NULL DEFAULT 0;
ALTER TABLE listing ADD COLUMN nuts @text NOT NULL DEFAULT '';
ALTER TABLE log_queue ADD COLUMN nuts @text NOT NULL DEFAULT ''; -- that stood when it was queued
ALTER TABLE log_queue ADD COLUMN nuts_version @int NOT NULL DEFAULT 0;

CREATE TABLE region_tally (
    declaration @int NOT NULL,
    nuts_version @int NOT NULL,
    nuts @text NOT NULL,
    n @int NOT NULL,
    PRIMARY KEY (declaration, nuts_version, nuts)
) @without_rowid;

ALTER TABLE checkpoint ADD COLUMN regions @text NOT NULL DEFAULT ''; -- "2021 AT22 12" lines

-- The territories that organisations stand for, entered by a person of the organiser.
CREATE TABLE territory (
    signature @int NOT NULL,
    code @text NOT NULL, -- of NUTS, or "AT221:60101" for a municipality in it
    nuts_version @int NOT NULL,
    people @int NOT NULL,
    source @text NOT NULL,
    as_of @text NOT NULL, -- the date of the number
    entered @time NOT NULL,
    PRIMARY KEY (signature, code)
) @without_rowid;
