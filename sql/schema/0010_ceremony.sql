-- SPDX-License-Identifier: EUPL-1.2
-- Keys of organisers, and whether they were shown to work before a declaration opens.
CREATE TABLE key_proof (
    recipient @text PRIMARY KEY, -- age1…
    code @blob NOT NULL,         -- SHA-256 of what the test record says
    asked @time NOT NULL,
    proven @time
) @without_rowid;
