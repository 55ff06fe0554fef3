-- refuse 8: x@pg must follow x
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $1;

--: y(id int) -> one(n int)
SELECT n FROM t WHERE id = $1;

--: x@pg
SELECT n FROM t WHERE id = $1;
