-- SPDX-License-Identifier: EUPL-1.2
-- Proofs of work that were used.

--: challenge_spend(nonce blob, expires time) -> count
INSERT INTO challenge_spent (nonce, expires) VALUES ($1, $2) ON CONFLICT (nonce) DO NOTHING;

--: challenge_forget(now time) -> count
DELETE FROM challenge_spent WHERE expires < $1;
