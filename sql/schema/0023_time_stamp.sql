-- SPDX-License-Identifier: EUPL-1.2
-- Checkpoints that a time-stamping authority has stamped (RFC 3161).
CREATE TABLE time_stamp (
    declaration @int NOT NULL,
    size @int NOT NULL,       -- of the checkpoint
    note @text NOT NULL,      -- its file as it was stamped, byte for byte
    reply @blob NOT NULL,     -- the authority's answer, whole
    stamped @time NOT NULL,   -- as the answer says
    authority @text NOT NULL, -- likewise
    at @time NOT NULL,        -- by our own clock: there is one a day
    PRIMARY KEY (declaration, size)
) @without_rowid;
