-- refuse 2: "bigint": types are @id @serial @int @text @blob @flag @time
ALTER TABLE t ADD COLUMN n bigint;
