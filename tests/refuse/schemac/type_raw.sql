-- refuse 2: "TEXT": types are @id @int @text @blob @flag @time
CREATE TABLE t (name TEXT);
