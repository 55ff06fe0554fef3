-- refuse 2: none is for statements that change rows
--: x(id int) -> none
SELECT n FROM t WHERE id = $1;
