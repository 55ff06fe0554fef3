-- refuse 3: comments start with --
--: x(id int) -> one(n int)
SELECT n /* all */ FROM t WHERE id = $1;
