-- refuse 2: parameter "other" ($2) is not used
--: x(id int, other text) -> one(n int)
SELECT n FROM t WHERE id = $1;
