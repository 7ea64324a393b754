-- names
SELECT id FROM users
SELECT nme FROM users
SELECT u.nme FROM users u
SELECT users.id FROM users u
SELECT x.id FROM users u
SELECT id FROM user_list
SELECT id FROM users, articles
SELECT id FROM users JOIN articles ON users.id = articles.author_id
SELECT users.id FROM users JOIN articles ON author_id = users.id
SELECT * FROM users JOIN users ON users.id = users.id
SELECT u.* FROM users u JOIN users v ON v.id = u.id
SELECT x.* FROM users u
SELECT createdAt FROM articles
SELECT "createdAt" FROM articles
SELECT a.createdAt FROM articles a
SELECT "CreatedAt" FROM articles a
SELECT * FROM Users
SELECT * FROM "Users"
SELECT a.title FROM articles a WHERE EXISTS (SELECT 1 FROM comments c WHERE c.article_id = a.id)
SELECT a.title FROM articles a WHERE EXISTS (SELECT 1 FROM comments c WHERE c.article_id = b.id)
SELECT a.title FROM articles a WHERE EXISTS (SELECT 1 FROM comments c WHERE c.art_id = a.id)
SELECT a.title FROM articles a WHERE a.id IN (SELECT slug_id FROM tags)
SELECT t.total FROM (SELECT COUNT(*) AS total FROM users) t
SELECT t.totl FROM (SELECT COUNT(*) AS total FROM users) t
SELECT t.count FROM (SELECT COUNT(*) FROM users) t
SELECT t.sum FROM (SELECT COUNT(*) FROM users) t
SELECT username AS name FROM users WHERE name = 'x'
SELECT username AS name FROM users GROUP BY name
SELECT username AS name FROM users ORDER BY name
SELECT username AS name FROM users ORDER BY lower(name)
SELECT lower(username) AS name, COUNT(*) AS n FROM users GROUP BY name HAVING n > 1
SELECT lower(username) AS name, COUNT(*) AS n FROM users GROUP BY name ORDER BY n DESC
SELECT username AS name, name AS x FROM users
WITH t AS (SELECT id, slug FROM articles) SELECT id, slug FROM t
WITH t AS (SELECT id, slug FROM articles) SELECT id, title FROM t
WITH t(a, b) AS (SELECT id, slug FROM articles) SELECT a, b FROM t
WITH t(a, b) AS (SELECT id, slug FROM articles) SELECT id FROM t
WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t
WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM t WHERE n < 3) SELECT n FROM t
WITH RECURSIVE t AS (SELECT 1 AS n UNION ALL SELECT m + 1 FROM t WHERE n < 3) SELECT n FROM t
INSERT INTO tags (id, name) VALUES (1, 'a')
INSERT INTO tags (id, nme) VALUES (1, 'a')
INSERT INTO tagz (id, name) VALUES (1, 'a')
INSERT INTO tags (id, name) VALUES (1, foo)
INSERT INTO tags (id, name) SELECT id, slug FROM articles
INSERT INTO tags (id, name) SELECT id, nam FROM articles
INSERT INTO tags (id, name) VALUES (1, 'a') ON CONFLICT (name) DO UPDATE SET name = excluded.name
INSERT INTO tags (id, name) VALUES (1, 'a') ON CONFLICT (nme) DO UPDATE SET name = excluded.name
INSERT INTO tags (id, name) VALUES (1, 'a') ON CONFLICT (name) DO UPDATE SET nme = excluded.name
INSERT INTO tags (id, name) VALUES (1, 'a') ON CONFLICT (name) DO UPDATE SET name = excluded.nme
INSERT INTO tags (id, name) VALUES (1, 'a') ON CONFLICT (name) DO UPDATE SET name = name || 'x'
INSERT INTO tags (id, name) VALUES (1, 'a') ON CONFLICT (name) DO UPDATE SET name = tags.name || excluded.name
INSERT INTO tags AS t (id, name) VALUES (1, 'a') ON CONFLICT (name) DO UPDATE SET name = tags.name
INSERT INTO tags AS t (id, name) VALUES (1, 'a') ON CONFLICT (name) DO UPDATE SET name = t.name
INSERT INTO tags (id, name) VALUES (1, 'a') RETURNING id, name
INSERT INTO tags (id, name) VALUES (1, 'a') RETURNING id, title
UPDATE users SET bio = 'x' WHERE id = 1
UPDATE users SET bios = 'x' WHERE id = 1
UPDATE users SET bio = 'x' WHERE uid = 1
UPDATE users SET users.bio = 'x' WHERE id = 1
UPDATE users u SET bio = 'x' WHERE u.id = 1
UPDATE users AS u SET bio = 'x' WHERE users.id = 1
UPDATE users SET bio = a.title FROM articles a WHERE a.author_id = users.id
UPDATE users SET bio = a.titl FROM articles a WHERE a.author_id = users.id
UPDATE users SET bio = b.title FROM articles a WHERE a.author_id = users.id
UPDATE users SET bio = title FROM articles WHERE author_id = users.id
UPDATE users SET bio = title FROM articles WHERE author_id = id
UPDATE users SET bio = 'x' FROM articles a JOIN comments c ON c.article_id = a.id WHERE a.author_id = users.id
UPDATE users SET bio = 'x' FROM articles a JOIN comments c ON c.author_id = users.id WHERE a.author_id = users.id
UPDATE users SET bio = 'x' WHERE id = 1 RETURNING id, bioo
UPDATE users SET (bio, age) = ('x', 1) WHERE id = 1
UPDATE users SET (bio, agee) = ('x', 1) WHERE id = 1
DELETE FROM users WHERE id = 1
DELETE FROM users WHERE uid = 1
DELETE FROM users u WHERE u.id = 1
DELETE FROM users AS u WHERE u.id = 1
DELETE FROM users AS u WHERE users.id = 1
DELETE FROM users USING articles a WHERE a.author_id = users.id
DELETE FROM comments WHERE article_id IN (SELECT id FROM articles WHERE slug = 'x')
DELETE FROM comments WHERE article_id IN (SELECT id FROM articles WHERE slugg = 'x')
DELETE FROM users WHERE id = 1 RETURNING username
DELETE FROM users WHERE id = 1 RETURNING name
SELECT * FROM articles JOIN comments USING (article_id)
SELECT * FROM articles JOIN comments USING (author_id)
SELECT author_id FROM articles JOIN comments USING (author_id)
SELECT body FROM articles JOIN comments USING (author_id)
SELECT author_id FROM articles NATURAL JOIN comments
SELECT u.id FROM users u JOIN articles a ON a.author_id = u.id JOIN comments c ON c.article_id = a.id
SELECT u.id FROM users u JOIN comments c ON c.article_id = a.id JOIN articles a ON a.author_id = u.id
SELECT u.id FROM users u LEFT JOIN comments c ON c.article_id = a.id LEFT JOIN articles a ON a.author_id = u.id
SELECT u.id FROM users u, articles a JOIN comments c ON c.author_id = u.id
SELECT u.id FROM users u, (SELECT * FROM articles WHERE author_id = u.id) a
SELECT u.id FROM users u, LATERAL (SELECT * FROM articles WHERE author_id = u.id) a
SELECT u.id, a.tit FROM users u, LATERAL (SELECT title FROM articles WHERE author_id = u.id) a
SELECT u.id FROM users u JOIN articles u ON u.id = 1
SELECT u.username FROM users u JOIN articles u ON true
SELECT count(*) FROM users u JOIN articles u ON true
SELECT rowid FROM users
SELECT ctid FROM users
SELECT u FROM users u
SELECT count(u) FROM users u
SELECT id FROM users UNION SELECT id FROM articles ORDER BY id
SELECT id FROM users UNION SELECT idd FROM articles ORDER BY id
SELECT name FROM users
SELECT "name" FROM users
SELECT "nope" FROM users
SELECT u."nope" FROM users u
SELECT id FROM users WHERE username = "bob"
SELECT id FROM users WHERE username = bob
SELECT a.id, (SELECT COUNT(*) FROM comments WHERE article_id = a.id) AS n FROM articles a ORDER BY n
SELECT a.id, (SELECT COUNT(*) FROM comments WHERE article_id = a.idd) AS n FROM articles a ORDER BY n
SELECT id FROM articles WHERE id IN (SELECT article_id FROM comments GROUP BY article_id HAVING COUNT(*) > 1)
SELECT a.id FROM articles a LEFT JOIN (SELECT article_id, COUNT(*) AS n FROM comments GROUP BY article_id) c ON c.article_id = a.id WHERE c.n > 1
SELECT a.id FROM articles a LEFT JOIN (SELECT article_id, COUNT(*) AS n FROM comments GROUP BY article_id) c ON c.id = a.id WHERE c.n > 1
SELECT sum(views) OVER w FROM articles WINDOW w AS (PARTITION BY author_id ORDER BY id)
SELECT sum(views) OVER w FROM articles WINDOW w AS (PARTITION BY author ORDER BY id)
SELECT row_number() OVER (PARTITION BY author_id ORDER BY nope) FROM articles
SELECT id FROM pg_class
SELECT relname FROM pg_class
SELECT name FROM sqlite_master
SELECT * FROM main.users
SELECT * FROM public.users
SELECT * FROM public.userz
SELECT public.users.id FROM public.users
SELECT users.id FROM public.users
SELECT v.a FROM (VALUES (1, 'x')) AS v(a, b)
SELECT v.c FROM (VALUES (1, 'x')) AS v(a, b)
SELECT column1 FROM (VALUES (1, 'x')) AS v
SELECT g FROM generate_series(1, 3) AS g
SELECT n FROM generate_series(1, 3) AS g(n)
SELECT value FROM json_each('[1]')
SELECT j.value FROM articles a, json_each('[1]') j
SELECT case when a.id > 1 then a.nope end FROM articles a
SELECT id FROM articles ORDER BY nope
SELECT id FROM articles ORDER BY 1
SELECT DISTINCT author_id FROM articles
SELECT x.id FROM articles AS x WHERE x.title LIKE '%' || x.slug || '%' AND x.nope IS NULL
SELECT current_user
SELECT user FROM users
SELECT foo
SELECT id FROM users WHERE id = (SELECT author_id FROM articles WHERE id = users.age)
WITH a AS (SELECT id FROM users), b AS (SELECT id, a.id AS x FROM articles) SELECT * FROM b
WITH a AS (DELETE FROM comments WHERE id = 1 RETURNING id, nope) SELECT * FROM a
SELECT id FROM users u WHERE u.id = 1 FOR UPDATE
SELECT a.id FROM articles a INNER JOIN (article_tags at INNER JOIN tags t ON t.id = at.tag_id) ON at.article_id = a.id WHERE t.name = 'x'
SELECT max(id) AS id FROM users HAVING id > 1
SELECT author_id AS id, count(*) FROM articles GROUP BY id
SELECT author_id AS a FROM articles ORDER BY a, title
SELECT id FROM (SELECT id FROM users)
SELECT nope FROM (SELECT id FROM users) q
SELECT id FROM users WHERE EXISTS (SELECT 1 FROM articles WHERE author_id = id)
SELECT extract(year FROM created_at) FROM users
SELECT extract(year FROM nope) FROM users
SELECT username COLLATE "C" FROM users
SELECT created_at AT TIME ZONE 'utc' FROM users
SELECT id FROM users WHERE (id, age) IN (SELECT id, author_id FROM articles)
SELECT array_agg(id ORDER BY created_at) FROM users
SELECT count(*) FILTER (WHERE nope) FROM users
SELECT string_agg(username, ',') FROM users
-- counts, groups and limits
INSERT INTO tags (id, name) VALUES (1)
INSERT INTO tags (id, name) VALUES (1, 'a', 2)
INSERT INTO tags VALUES (1)
INSERT INTO tags VALUES (1, 'a')
INSERT INTO tags VALUES (1, 'a', 3)
INSERT INTO tags (id, name) VALUES (1, 'a'), (2)
INSERT INTO tags (id, name) SELECT id FROM articles
INSERT INTO tags (id, name) SELECT id, slug, title FROM articles
INSERT INTO tags SELECT * FROM tags
INSERT INTO tags SELECT * FROM articles
INSERT INTO users (id, username) VALUES (1, 'a')
INSERT INTO users (id, username, email) VALUES (1, 'a', 'b')
INSERT INTO users (username, email) VALUES ('a', 'b')
INSERT INTO users (id, username) VALUES (1, 'a') ON CONFLICT DO NOTHING
INSERT INTO tags (id, name) VALUES (1, 'a') ON CONFLICT (name) DO NOTHING
INSERT INTO tags (id, name) VALUES (1, 'a') ON CONFLICT (id) DO NOTHING
INSERT INTO tags (id, name) VALUES (1, 'a') ON CONFLICT (id, name) DO NOTHING
INSERT INTO tags (id, name) VALUES (1, 'a') ON CONFLICT DO UPDATE SET name = 'x'
INSERT INTO tags (id, name) VALUES (1, 'a') ON CONFLICT DO NOTHING
INSERT INTO article_tags (article_id, tag_id) SELECT 1, 2 WHERE 1 = 0 ON CONFLICT (tag_id, article_id) DO NOTHING
INSERT INTO article_tags (article_id, tag_id) SELECT 1, 2 WHERE 1 = 0 ON CONFLICT (article_id) DO NOTHING
INSERT INTO users (id, username, email) VALUES (1, 'a', 'b') ON CONFLICT (bio) DO UPDATE SET bio = 'x'
SELECT id FROM users UNION SELECT id, slug FROM articles
SELECT id FROM users UNION ALL SELECT id, slug FROM articles
SELECT id, username FROM users INTERSECT SELECT id FROM articles
SELECT * FROM tags UNION SELECT id, slug FROM articles
SELECT * FROM tags UNION SELECT id, slug, title FROM articles
SELECT id FROM users WHERE id IN (SELECT id, author_id FROM articles)
SELECT id FROM users WHERE (id, age) IN (SELECT id FROM articles)
SELECT id FROM users WHERE id = (SELECT id, author_id FROM articles)
SELECT (SELECT id, author_id FROM articles LIMIT 1) AS x FROM users
SELECT id FROM users WHERE EXISTS (SELECT id, author_id FROM articles)
SELECT author_id, COUNT(*) FROM articles GROUP BY author_id
SELECT author_id, title, COUNT(*) FROM articles GROUP BY author_id
SELECT a.author_id, a.title, COUNT(*) FROM articles a GROUP BY a.author_id
SELECT id, title, COUNT(*) FROM articles GROUP BY id
SELECT a.id, a.title, COUNT(c.id) FROM articles a LEFT JOIN comments c ON c.article_id = a.id GROUP BY a.id
SELECT a.id, u.username, COUNT(c.id) FROM articles a JOIN users u ON u.id = a.author_id LEFT JOIN comments c ON c.article_id = a.id GROUP BY a.id
SELECT a.id, u.username, COUNT(c.id) FROM articles a JOIN users u ON u.id = a.author_id LEFT JOIN comments c ON c.article_id = a.id GROUP BY a.id, u.id
SELECT a.slug, a.title FROM articles a GROUP BY a.slug
SELECT title, COUNT(*) FROM articles
SELECT MAX(views), title FROM articles
SELECT COUNT(*) FROM articles
SELECT COUNT(*), 1 FROM articles
SELECT COUNT(*) FROM articles ORDER BY title
SELECT COUNT(*) AS n, author_id AS a FROM articles GROUP BY a ORDER BY n
SELECT lower(title), COUNT(*) FROM articles GROUP BY lower(title)
SELECT lower(title), COUNT(*) FROM articles GROUP BY title
SELECT title, COUNT(*) FROM articles GROUP BY lower(title)
SELECT upper(lower(title)), COUNT(*) FROM articles GROUP BY lower(title)
SELECT lower(title), COUNT(*) FROM articles GROUP BY 1
SELECT author_id, COUNT(*) FROM articles GROUP BY author_id HAVING views > 1
SELECT author_id, COUNT(*) FROM articles GROUP BY author_id HAVING MAX(views) > 1
SELECT author_id, COUNT(*) FROM articles GROUP BY author_id ORDER BY views
SELECT author_id, COUNT(*) FROM articles GROUP BY author_id ORDER BY MAX(views)
SELECT author_id, SUM(COUNT(*)) OVER (ORDER BY author_id) FROM articles GROUP BY author_id
SELECT author_id, SUM(views) OVER (ORDER BY author_id) FROM articles
SELECT author_id, SUM(views) OVER (ORDER BY author_id) FROM articles GROUP BY author_id
SELECT a.author_id, (SELECT u.username FROM users u WHERE u.id = a.author_id) FROM articles a GROUP BY a.author_id
SELECT a.author_id, (SELECT u.username FROM users u WHERE u.id = a.views) FROM articles a GROUP BY a.author_id
SELECT * FROM articles GROUP BY author_id
SELECT * FROM articles GROUP BY id
SELECT t.name, COUNT(*) FROM tags t JOIN article_tags at ON at.tag_id = t.id GROUP BY t.name ORDER BY COUNT(*) DESC, t.name
SELECT t.id, t.name, COUNT(*) FROM tags t JOIN article_tags at ON at.tag_id = t.id GROUP BY t.name
SELECT q.a, COUNT(*) FROM (SELECT author_id AS a, id FROM articles) q GROUP BY q.id
SELECT DISTINCT author_id FROM articles ORDER BY views
SELECT DISTINCT author_id, views FROM articles ORDER BY views
SELECT DISTINCT author_id AS x FROM articles ORDER BY x
SELECT DISTINCT author_id AS x FROM articles ORDER BY author_id
SELECT DISTINCT a.* FROM articles a ORDER BY a.views
SELECT DISTINCT * FROM articles a ORDER BY a.views
SELECT DISTINCT a.* FROM articles a JOIN users u ON u.id = a.author_id ORDER BY u.username
SELECT DISTINCT title FROM articles ORDER BY lower(title)
SELECT DISTINCT lower(title) FROM articles ORDER BY lower(title)
SELECT DISTINCT a.id, EXISTS (SELECT 1 FROM users u WHERE u.id = a.author_id) AS known FROM articles a ORDER BY EXISTS (SELECT 1 FROM users u WHERE u.id = a.author_id)
SELECT DISTINCT a.id FROM articles a ORDER BY EXISTS (SELECT 1 FROM users u WHERE u.id = a.author_id)
SELECT DISTINCT title FROM articles ORDER BY 1
SELECT DISTINCT ON (author_id) id, views FROM articles ORDER BY author_id, views DESC
SELECT DISTINCT ON (author_id) id, views FROM articles ORDER BY views DESC
SELECT id FROM articles WHERE COUNT(*) > 1
SELECT author_id FROM articles WHERE COUNT(*) > 1 GROUP BY author_id
SELECT author_id, COUNT(*) AS n FROM articles WHERE n > 1 GROUP BY author_id
SELECT id FROM articles WHERE views = (SELECT MAX(views) FROM articles)
SELECT id FROM articles WHERE views = MAX(views)
SELECT id FROM articles WHERE ROW_NUMBER() OVER (ORDER BY id) = 1
SELECT id FROM articles LIMIT 'abc'
SELECT id FROM articles LIMIT '10'
SELECT id FROM articles LIMIT 10 OFFSET 'x'
SELECT id FROM articles LIMIT CAST('3' AS TEXT)
SELECT id FROM articles ORDER BY id LIMIT 10 OFFSET 10
SELECT u.id FROM users u WHERE u.id = NULL AND 1 = 0
SELECT a.id, c.nope FROM articles a LEFT JOIN (SELECT article_id FROM comments) c ON c.article_id = a.id
SELECT author_id FROM articles GROUP BY author_id HAVING COUNT(*) > (SELECT AVG(n) FROM (SELECT COUNT(*) AS n FROM articles GROUP BY author_id) q)
SELECT author_id, array_agg(title), json_agg(title), bool_or(views > 1) FROM articles GROUP BY author_id
SELECT author_id, CASE WHEN COUNT(*) > 1 THEN 'x' ELSE title END FROM articles GROUP BY author_id
SELECT date_trunc('day', created_at) AS day, COUNT(*) FROM users GROUP BY day ORDER BY day
SELECT date_trunc('day', created_at), COUNT(*) FROM users GROUP BY date_trunc('day', created_at)
SELECT date_trunc('month', created_at), COUNT(*) FROM users GROUP BY date_trunc('day', created_at)
SELECT count(*) FROM users u JOIN articles a ON a.author_id = u.id WHERE u.username = 'x' ORDER BY a.id
SELECT COALESCE(SUM(views), 0), author_id + 1 FROM articles GROUP BY author_id
SELECT 'x' AS kind, COUNT(*) FROM articles
SELECT u.username, s.n FROM users u JOIN (SELECT author_id, COUNT(*) AS n FROM articles GROUP BY author_id) s ON s.author_id = u.id ORDER BY s.n DESC
-- types
SELECT id FROM users WHERE id = username
SELECT id FROM users WHERE id = 'abc'
SELECT id FROM users WHERE id = '5'
SELECT id FROM users WHERE username = 5
SELECT id FROM users WHERE active = 1
SELECT id FROM users WHERE active = '1'
SELECT id FROM users WHERE active = 'maybe'
SELECT id FROM users WHERE active = true
SELECT id FROM users WHERE active
SELECT id FROM users WHERE age > 1.5
SELECT id FROM users WHERE age > '1.5'
SELECT id FROM users WHERE created_at > '2020-01-01'
SELECT id FROM users WHERE created_at > now()
SELECT id FROM users WHERE created_at > CURRENT_TIMESTAMP
SELECT id FROM users WHERE created_at > 5
SELECT id FROM users WHERE id IN (1, 2)
SELECT id FROM users WHERE id IN ('1', 'x')
SELECT id FROM users WHERE username IN ('1', 'x')
SELECT id FROM users WHERE username IN (1, 2)
SELECT a.id FROM articles a JOIN users u ON u.username = a.author_id
SELECT a.id FROM articles a JOIN users u ON u.id = a.author_id WHERE a.slug = u.id
SELECT id FROM users WHERE id LIKE '1%'
SELECT id FROM users WHERE id NOT LIKE '1%'
SELECT id FROM users WHERE CAST(id AS TEXT) LIKE '1%'
SELECT id FROM users WHERE CAST(id AS TEXT) = id
SELECT id FROM users WHERE CAST(username AS INTEGER) = id
SELECT id FROM users WHERE lower(username) = lower('X')
SELECT id FROM users WHERE lower(username) = id
SELECT id FROM users WHERE COUNT = 1
SELECT author_id FROM articles GROUP BY author_id HAVING COUNT(*) > '1'
SELECT author_id FROM articles GROUP BY author_id HAVING COUNT(*) > 'x'
SELECT author_id FROM articles GROUP BY author_id HAVING MAX(title) > 5
UPDATE users SET age = 'abc' WHERE id = 1
UPDATE users SET age = '5' WHERE id = 1
UPDATE users SET age = username WHERE id = 1
UPDATE users SET username = age WHERE id = 1
UPDATE users SET active = 1 WHERE id = 1
UPDATE users SET active = '1' WHERE id = 1
UPDATE users SET active = NOT active WHERE id = 1
UPDATE users SET active = (age > 3) WHERE id = 1
UPDATE users SET username = true WHERE id = 1
UPDATE users SET age = true WHERE id = 1
UPDATE users SET created_at = 5 WHERE id = 1
UPDATE users SET created_at = CURRENT_TIMESTAMP, bio = CURRENT_TIMESTAMP WHERE id = 1
UPDATE articles SET views = views + 1 WHERE id = 1
INSERT INTO tags (id, name) VALUES ('x', 'a')
INSERT INTO tags (id, name) VALUES ('7', 'a')
INSERT INTO tags (id, name) VALUES (7, 8)
INSERT INTO users (id, username, email, active) VALUES (1, 'a', 'b', 1)
INSERT INTO users (id, username, email, active) VALUES (1, 'a', 'b', true)
INSERT INTO users (id, username, email, age) VALUES (1, 'a', 'b', 1.6)
SELECT id FROM users u WHERE u.id = (SELECT username FROM users LIMIT 1)
SELECT q.n FROM (SELECT COUNT(*) AS n FROM users) q WHERE q.n = 'x'
SELECT id FROM users WHERE coalesce(bio, '') = ''
SELECT id FROM users WHERE coalesce(age, 0) = ''
SELECT id FROM users WHERE id = 1 AND true = 'x'
SELECT id FROM users WHERE active IS TRUE
SELECT id FROM users WHERE active = active
SELECT id FROM users WHERE 1 = 1 AND 'a' = 'b'
SELECT id FROM users WHERE id = '1' AND username = '1' AND email = 'x'
-- words of one database
INSERT OR IGNORE INTO tags (id,name) VALUES (1,'a')
INSERT OR REPLACE INTO tags (id,name) VALUES (1,'a')
REPLACE INTO tags (id,name) VALUES (1,'a')
INSERT IGNORE INTO tags (id,name) VALUES (1,'a')
SELECT id FROM tags WHERE name == 'x'
SELECT id FROM tags WHERE name IS 'x'
SELECT id FROM tags WHERE name IS NOT 'x'
SELECT id FROM tags LIMIT 1, 2
SELECT id FROM tags LIMIT -1
SELECT id FROM tags WHERE name GLOB 'x*'
SELECT id FROM tags WHERE name REGEXP 'x'
SELECT id FROM tags WHERE name ILIKE 'x'
SELECT id::text FROM tags
SELECT id FROM users WHERE created_at > now() - interval '1 day'
SELECT id FROM tags WHERE id = ANY(ARRAY[1])
SELECT ARRAY[1,2]
SELECT extract(year from created_at) FROM users
SELECT created_at at time zone 'utc' from users
SELECT DISTINCT ON (id) id FROM tags
SELECT id FROM tags FOR UPDATE
DELETE FROM tags USING users WHERE users.id = tags.id
SELECT id FROM tags WHERE name ~ 'x'
SELECT id FROM tags WHERE name ~* 'x'
SELECT id FROM tags WHERE name SIMILAR TO 'x'
SELECT id FROM tags WHERE '{}'::jsonb @> '{}'::jsonb
SELECT id FROM tags WHERE name && name
SELECT '{}' #>> '{a}' FROM tags
TRUNCATE TABLE tags
INSERT INTO tags (id,name) VALUES (1,'a') ON DUPLICATE KEY UPDATE name = 'x'
SELECT id FROM tags FETCH FIRST 1 ROWS ONLY
SELECT E'a'
SELECT position('a' in name) FROM tags
SELECT trim(both 'x' from name) FROM tags
SELECT substring(name from 1 for 2) FROM tags
SELECT substring(name, 1, 2) FROM tags
SELECT overlay(name placing 'x' from 1) FROM tags
SELECT id FROM tags OFFSET 3
SELECT id FROM tags LIMIT ALL
SELECT current_date, current_timestamp
SELECT localtimestamp
SELECT id FROM tags WHERE (name) IS DISTINCT FROM 'x'
SELECT `id` FROM tags
SELECT [id] FROM tags
SELECT id FROM tags WHERE name = "x"
SELECT string_agg(name, ',' ORDER BY name) FROM tags
SELECT group_concat(name, ',') FROM tags
SELECT date('now')
SELECT date('now', '-1 day')
SELECT datetime('now')
SELECT strftime('%Y', created_at) FROM users
SELECT ifnull(bio, 'x') FROM users
SELECT json_extract('{}', '$.a')
SELECT random()
SELECT count(*) FILTER (WHERE id > 1) FROM tags
SELECT name COLLATE NOCASE FROM tags
SELECT id FROM tags ORDER BY name NULLS LAST
SELECT u.id FROM users u FULL JOIN tags t ON t.id = u.id
SELECT true, false
UPDATE tags SET name = 'x' WHERE id = 1 LIMIT 1
SELECT * FROM tags TABLESAMPLE SYSTEM (10)
SELECT id FROM tags WHERE id IN (VALUES (1))
SELECT 1 WHERE true
SELECT if(true, 1, 2)
SELECT iif(true, 1, 2)
SELECT round(1.234, 2)
SELECT max(1, 2)
SELECT 'a' LIKE 'b' ESCAPE '!'
SELECT id FROM tags INDEXED BY x
SELECT cast(id as unsigned) FROM tags
SELECT cast('1' as int), cast('a' as text)
PRAGMA foreign_keys = ON
SELECT last_insert_rowid()
SELECT changes()
SELECT NOT 1
SELECT name MATCH 'x' FROM tags
SELECT now()
SELECT DATE_TRUNC('day', created_at) FROM users
SELECT created_at + 1 FROM users
SELECT created_at - '1 day'::interval FROM users
SELECT lower(id) FROM users
SELECT name || id FROM tags
SELECT id || id FROM tags
SELECT concat(name, id) FROM tags
SELECT id FROM tags WHERE id
SELECT sum(active) FROM users
SELECT coalesce(id, 'x') FROM tags
