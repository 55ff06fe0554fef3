-- refuse 4: parameter "id" ($1) is not used
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $1;
--: x@pg
SELECT n FROM t;
