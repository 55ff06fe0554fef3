-- refuse 3: * is no list of columns: name them
--: x(id int) -> one(n int)
DELETE FROM t WHERE id = $1 RETURNING *;
