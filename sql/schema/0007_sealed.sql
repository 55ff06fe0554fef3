-- SPDX-License-Identifier: EUPL-1.2
-- Records sealed to the organiser: one age file each, in two parts (ADR 0016).

ALTER TABLE declaration ADD COLUMN records @text NOT NULL DEFAULT 'server'; -- sealed, server
ALTER TABLE declaration ADD COLUMN recipients @text NOT NULL DEFAULT ''; -- age1… age1…

-- The file's payload. Whoever deletes its row in record_key has erased it in every copy.
ALTER TABLE record RENAME COLUMN sealed TO payload;

CREATE TABLE record_key (
    signature @id,
    header @blob NOT NULL, -- the file key for each recipient of the organiser
    server @blob NOT NULL  -- the file key for the server, where records = server; else empty
);

-- What a mailed link opens, under a key of its secret: at rest nobody else can.
ALTER TABLE link ADD COLUMN file_key @blob; -- of the record; none: the link was made later
ALTER TABLE link ADD COLUMN address @blob;

-- Who gets news, while that consent stands.
CREATE TABLE news (
    signature @id,
    declaration @int NOT NULL,
    lang @text NOT NULL,
    address @blob NOT NULL -- under the key for mailings
);
