-- refuse 2: "TEXT": types are @id @serial @int @text @blob @flag @time
CREATE TABLE t (name TEXT);
