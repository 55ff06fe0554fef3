-- SPDX-License-Identifier: EUPL-1.2
-- The day on which everything personal of a declaration ends.

ALTER TABLE declaration ADD COLUMN retain_until @time NOT NULL DEFAULT 0;
ALTER TABLE declaration ADD COLUMN erased @time NOT NULL DEFAULT 0; -- when that was done; 0: not yet

-- What makes the tags of addresses of one declaration, together with a key of the server. Without
-- this row nobody can say any more whether an address signed.
CREATE TABLE declaration_key (
    declaration @id,
    secret @blob NOT NULL
);
