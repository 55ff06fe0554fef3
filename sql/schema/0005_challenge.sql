-- SPDX-License-Identifier: EUPL-1.2
-- Proofs of work that were used, until they expire by themselves ten minutes after they were asked for.
CREATE TABLE challenge_spent (
    nonce @blob PRIMARY KEY,
    expires @time NOT NULL
) @without_rowid;
