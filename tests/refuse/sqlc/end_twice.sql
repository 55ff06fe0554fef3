-- refuse 3: "SELECT 2;" after ";"
--: x(id int) -> one(n int)
SELECT n FROM t WHERE id = $1; SELECT 2;
