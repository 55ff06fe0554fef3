-- refuse 2: maybe needs its columns in brackets
--: x(id int) -> maybe
SELECT n FROM t WHERE id = $1;
