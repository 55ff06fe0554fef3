-- refuse 2: not understood: "#admin"
--: x(id int) -> one(n int)  #admin
SELECT n FROM t WHERE id = $1;
