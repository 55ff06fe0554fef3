-- refuse 2: @only without @end
@only(pg)
CREATE TABLE t (
    id @id
);
