CREATE TABLE "order items" ("order" INTEGER, [group by] TEXT NOT NULL, `select` VARCHAR(10), 'from' TEXT, "q""uote" INT);
CREATE TABLE [main].[plain] (key TEXT, index_ INT, "check" INT, text TEXT, date DATE, value, type, comment TEXT);
CREATE TABLE Mixed (Id INTEGER PRIMARY KEY, UserName TEXT);
CREATE INDEX "an index" ON "order items" ("order", [group by] DESC);
CREATE UNIQUE INDEX mixed_name ON mixed (USERNAME COLLATE NOCASE);
