-- refuse 2: "->" is missing at ""
--: x(id int)
SELECT n FROM t WHERE id = $1;
