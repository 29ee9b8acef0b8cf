-- layout: cluster [customer, orders, day, moment, instant]: DuckDB clusters no table; rows are put in order by customer, orders, day, moment, instant instead
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
order by "laid_out"."customer" nulls last, "laid_out"."orders" nulls last, "laid_out"."day" nulls last, "laid_out"."moment" nulls last, "laid_out"."instant" nulls last;

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
