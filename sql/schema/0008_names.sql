-- SPDX-License-Identifier: EUPL-1.2
-- The register by name, in the order of the reader's language, and how many stand in it. A worker
-- fills both behind the confirmations, which pay for one small index only.
ALTER TABLE listing ADD COLUMN is_sorted @flag NOT NULL DEFAULT 0; -- has its keys, and is counted
CREATE INDEX listing_unsorted ON listing (signature) WHERE is_shown = 1 AND is_sorted = 0;

-- One row in the root order, and one more for each collation that gives the name another key.
CREATE TABLE listing_name (
    signature @int NOT NULL,
    sorted_as @int NOT NULL, -- 0 the root order, else as src/text/collation.c numbers them
    declaration @int NOT NULL,
    sort_key @blob NOT NULL,
    others @int NOT NULL, -- in the root order: bits of the collations with a key of their own
    PRIMARY KEY (signature, sorted_as)
) @without_rowid;
CREATE INDEX listing_name_order ON listing_name (declaration, sorted_as, sort_key, signature, others);

CREATE TABLE listing_count (
    declaration @id,
    n @int NOT NULL
);
