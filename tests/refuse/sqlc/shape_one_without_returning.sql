-- refuse 2: one needs RETURNING
--: x(id int) -> one(n int)
UPDATE t SET n = 1 WHERE id = $1;
