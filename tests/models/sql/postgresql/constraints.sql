CREATE TABLE t (
    a int CONSTRAINT nn NOT NULL CONSTRAINT u UNIQUE,
    b text NULL CHECK (b <> '' AND b NOT LIKE '%,%'),
    c int, d int, e int4range,
    UNIQUE NULLS NOT DISTINCT (c, d),
    CONSTRAINT pk PRIMARY KEY (a) INCLUDE (b) WITH (fillfactor = 70),
    CONSTRAINT together UNIQUE (b, c) DEFERRABLE INITIALLY DEFERRED,
    EXCLUDE USING gist (e WITH &&),
    CHECK (c > 1) NO INHERIT
) WITH (fillfactor = 80);
