-- refuse 4: @pg takes everything from the header of "x"
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $1;
--: x@pg(id int) -> none
SELECT n FROM t WHERE id = $1;
