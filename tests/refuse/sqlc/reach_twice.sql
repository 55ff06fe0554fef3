-- refuse 2: not understood: "#worker"
--: x(id int) -> one(n int)  #staff #worker
SELECT n FROM t WHERE id = $1;
