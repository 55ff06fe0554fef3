-- SPDX-License-Identifier: EUPL-1.2
-- Letters to those who asked for news, what became of letters, and the end of a log.

-- The version of the text that its signer was last asked by mail to renew to; 0: never asked.
ALTER TABLE signature ADD COLUMN asked @int NOT NULL DEFAULT 0;
-- Why the letter with the link never came, while the signature waits for it: `undelivered` in
-- core/signature.h; 0: nothing is known.
ALTER TABLE signature ADD COLUMN undelivered @int NOT NULL DEFAULT 0;

-- Position of the close leaf; 0: the log is open.
ALTER TABLE log_head ADD COLUMN closed @int NOT NULL DEFAULT 0;
