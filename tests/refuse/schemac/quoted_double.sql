-- refuse 2: """ has no place in portable SQL
CREATE TABLE "t" (id @id);
