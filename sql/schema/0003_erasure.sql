-- SPDX-License-Identifier: EUPL-1.2
-- Erasing at once: who asked for what when, without a word of who it was.

CREATE TABLE erasure (
    id @id,
    signature @int NOT NULL,
    cause @int NOT NULL, -- 1 signer, 2 withdrawn a day ago, 3 operator, 4 again after a restore
    at @time NOT NULL
);

-- Links end with the signature that they lead to.
CREATE INDEX link_signature ON link (signature);
