-- SPDX-License-Identifier: EUPL-1.2
-- Time stamps of checkpoints.

--: time_stamp_insert(declaration int, size int, note text, reply blob, stamped time, authority text, at time) -> none  #worker
INSERT INTO time_stamp (declaration, size, note, reply, stamped, authority, at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (declaration, size) DO NOTHING;

--: time_stamp_last(declaration int) -> maybe(size int, stamped time, authority text, at time)
SELECT size, stamped, authority, at FROM time_stamp WHERE declaration = $1
ORDER BY size DESC LIMIT 1;

--: time_stamp_after(declaration int, after int, most int) -> many(size int, note text, reply blob)
SELECT size, note, reply FROM time_stamp WHERE declaration = $1 AND size > $2
ORDER BY size LIMIT $3;

--: time_stamp_times(declaration int) -> many(size int, stamped time)
SELECT size, stamped FROM time_stamp WHERE declaration = $1 ORDER BY size;

-- Grows with every stamp: a few looks at the key, however many there are.
--: time_stamp_mark() -> one(n int)
SELECT CAST(COALESCE(sum((SELECT t.size FROM time_stamp t WHERE t.declaration = d.id
    ORDER BY t.size DESC LIMIT 1)), 0) AS BIGINT) AS n
FROM declaration d;
