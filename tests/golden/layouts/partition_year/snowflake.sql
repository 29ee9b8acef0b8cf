-- layout: partition [year(day)]: Snowflake divides every table by itself; the table is clustered by year(day) instead
-- from a query
create or replace table "MART"."LAID_OUT"
cluster by (date_trunc('year', "DAY"))
copy grants as
select
  "LAID_OUT"."CUSTOMER",
  "LAID_OUT"."ORDERS",
  "LAID_OUT"."DAY",
  "LAID_OUT"."MOMENT",
  "LAID_OUT"."INSTANT",
  "LAID_OUT"."RATIO",
  "LAID_OUT"."TheDay"
from "RAW"."LAID_OUT" as "LAID_OUT";

-- by its columns
create table "MART"."LAID_OUT" (
  "CUSTOMER" varchar,
  "ORDERS" number(19, 0),
  "DAY" date,
  "MOMENT" timestamp_ntz(6),
  "INSTANT" timestamp_ltz(6),
  "RATIO" float,
  "TheDay" date
)
cluster by (date_trunc('year', "DAY"));
