-- refuse 2: unknown type "integer": int, text, blob, flag or time
--: x(id integer) -> one(n int)
SELECT n FROM t WHERE id = $1;
