-- SPDX-License-Identifier: EUPL-1.2
-- Which keys of organisers were shown to open what is sealed to them.

-- Nothing changes where the key is proven.
--: key_proof_ask(recipient text, code blob, asked time) -> count #staff
INSERT INTO key_proof (recipient, code, asked) VALUES ($1, $2, $3)
ON CONFLICT (recipient) DO UPDATE SET code = excluded.code, asked = excluded.asked
WHERE key_proof.proven IS NULL;

--: key_proof_answer(code blob, proven time) -> maybe(recipient text) #staff
UPDATE key_proof SET proven = COALESCE(proven, $2) WHERE code = $1 RETURNING recipient;

--: key_proof_all() -> many(recipient text, asked time, proven time) #staff
SELECT recipient, asked, COALESCE(proven, 0) AS proven FROM key_proof ORDER BY asked, recipient;
