-- SQLite cannot change a column, so the table is made anew.
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INT REFERENCES users (id));
PRAGMA foreign_keys=off;
BEGIN TRANSACTION;
CREATE TABLE posts_new (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id), body TEXT NOT NULL);
INSERT INTO posts_new SELECT id, user_id, '' FROM posts;
DROP TABLE posts;
ALTER TABLE posts_new RENAME TO posts;
COMMIT;
