-- layout: partition [month(day)]: DuckDB divides no table; rows are put in order by day instead
-- layout: cluster [customer]: DuckDB clusters no table; rows are put in order by customer instead
-- layout: distribute [customer]: one process has all rows; nothing stands for it
-- from a query
create or replace table "mart"."laid_out" as
select
  "laid_out"."customer",
  "laid_out"."orders",
  "laid_out"."day",
  "laid_out"."moment",
  "laid_out"."instant",
  "laid_out"."ratio",
  "laid_out"."TheDay"
from "raw"."laid_out" as "laid_out"
order by "laid_out"."day" nulls last, "laid_out"."customer" nulls last, "laid_out"."orders" nulls last;

-- by its columns
create table "mart"."laid_out" (
  "customer" varchar,
  "orders" bigint,
  "day" date,
  "moment" timestamp,
  "instant" timestamptz,
  "ratio" double,
  "TheDay" date
);
