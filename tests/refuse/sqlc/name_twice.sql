-- refuse 5: "x" stands twice
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $1;

--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $1;
