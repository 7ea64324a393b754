SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.tags (
    id integer NOT NULL,
    name character varying(50) DEFAULT 'x'::character varying NOT NULL,
    seen timestamp without time zone
);
ALTER TABLE public.tags OWNER TO CURRENT_USER;
CREATE SEQUENCE public.tags_id_seq AS integer START WITH 1;
ALTER SEQUENCE public.tags_id_seq OWNED BY public.tags.id;
ALTER TABLE ONLY public.tags ALTER COLUMN id SET DEFAULT nextval('public.tags_id_seq'::regclass);
COPY public.tags (id, name, seen) FROM stdin;
1	it's; CREATE TABLE public.wrong (id int);	\N
2	other	\N
\.
SELECT pg_catalog.setval('public.tags_id_seq', 2, true);
ALTER TABLE ONLY public.tags
    ADD CONSTRAINT tags_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX tags_name ON public.tags USING btree (name);
