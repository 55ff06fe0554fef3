-- refuse 3: "SKIP": PostgreSQL only; put it into an @pg text
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $1 FOR UPDATE SKIP LOCKED;
