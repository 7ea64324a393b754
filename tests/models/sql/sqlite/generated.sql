CREATE TABLE t (
    a INTEGER PRIMARY KEY,
    b INT,
    c INT GENERATED ALWAYS AS (a * b) VIRTUAL,
    d TEXT AS (substr('x' || b, 1, 2)) STORED NOT NULL,
    e INT AS (a + 1)
);
