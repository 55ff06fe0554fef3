-- refuse 2: x@pg must follow x
--: x@pg
SELECT n FROM t WHERE id = $1;
