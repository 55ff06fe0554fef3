-- refuse 3: @only starts between statements, outside another
CREATE TABLE t (
@only(pg)
    id @id);
