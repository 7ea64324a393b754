CREATE TABLE "User" ("Id" INT PRIMARY KEY, "createdAt" timestamptz, Name TEXT, "order" INT, "a""b" INT);
CREATE TABLE user_ (ID INT PRIMARY KEY REFERENCES "User" ("Id"), userName TEXT UNIQUE, Größe INT);
CREATE TABLE public.named (id INT, Value INT, type TEXT, key TEXT, text TEXT, date DATE, comment TEXT);
CREATE UNIQUE INDEX "Index" ON "User" ("createdAt");
