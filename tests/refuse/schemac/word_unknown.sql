-- refuse 2: unknown word "@uuid"
CREATE TABLE t (id @uuid);
