create table t(id integer primary key asc,a text/* inline; */not null,b text--the end
,c text check(c like '%(;%')unique,constraint u unique(a,b));create table if not exists T (other int);
;;
