-- refuse 6: x@pg stands twice
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $1;
--: x@pg
SELECT n FROM t WHERE id = $1;
--: x@pg
SELECT n FROM t WHERE id = $1;
