-- from a query
create or replace table "mart"."laid_out"
with (partitioning = array['customer'])
as
select
  "laid_out"."customer",
  "laid_out"."orders",
  "laid_out"."day",
  "laid_out"."moment",
  "laid_out"."instant",
  "laid_out"."ratio",
  "laid_out"."TheDay"
from "raw"."laid_out" as "laid_out";

-- by its columns
create table "mart"."laid_out" (
  "customer" varchar,
  "orders" bigint,
  "day" date,
  "moment" timestamp(6),
  "instant" timestamp(6) with time zone,
  "ratio" double,
  "TheDay" date
)
with (partitioning = array['customer']);
