-- SPDX-License-Identifier: EUPL-1.2
-- Commitments that browsers made (records=browser): a log takes none twice, and who chooses the seed
-- could send one twice.
CREATE TABLE sealed_once (
    declaration @int NOT NULL,
    commitment @blob NOT NULL,
    PRIMARY KEY (declaration, commitment)
) @without_rowid;

INSERT INTO sealed_once (declaration, commitment)
SELECT DISTINCT s.declaration, s.commitment FROM signature s
JOIN declaration d ON d.id = s.declaration WHERE d.records = 'browser';
