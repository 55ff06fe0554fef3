-- refuse 2: "," or ")" is missing at "other int) -> one(n "
--: x(id int other int) -> one(n int)
SELECT n FROM t WHERE id = $1;
