-- refuse 2: "X": names are lower case
--: X(id int) -> one(n int)
SELECT n FROM t WHERE id = $1;
