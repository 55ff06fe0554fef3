-- refuse 4: ";" is missing: the statement has no end
CREATE TABLE t (
    id @id
)
