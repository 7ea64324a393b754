CREATE TYPE mood AS ENUM ('sad', 'it''s ok', 'happy');
CREATE DOMAIN email AS VARCHAR(320) CHECK (VALUE LIKE '%@%');
CREATE TABLE t (
    a smallint, b int, c int8, d bigint, e real, f double precision, g float(8), h numeric, i numeric(10, 2), j decimal(5),
    k money, l char, m char(3), n character varying, o character varying (20), p varchar(255), q text, r bytea, s boolean,
    u date, v time, w time with time zone, x timestamp, y timestamp(3) with time zone, z timestamptz(6), aa interval,
    ab interval year to month, ac json, ad jsonb, ae uuid, af inet, ag cidr, ah macaddr, ai bit(3), aj bit varying(5),
    ak tsvector, al xml, am int4range, an point, ao integer[], ap text[][], aq varchar(10)[], ar integer array[4], at mood,
    au "char", av name, aw oid, ax national character varying(4), ay timestamp (0) without time zone, az mood[],
    ba pg_catalog.int4, bb bpchar, bc float4
);
