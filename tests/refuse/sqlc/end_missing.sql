-- refuse 2: ";" is missing: the statement has no end
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $1
