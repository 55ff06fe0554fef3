-- SPDX-License-Identifier: EUPL-1.2
-- What the last `sig1 mode` line says: 0 none yet, 1 sync, 2 async.
ALTER TABLE log_head ADD COLUMN durability @int NOT NULL DEFAULT 0;
