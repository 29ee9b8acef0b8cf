-- layout: partition [month(day)]: Snowflake divides every table by itself; the table is clustered by month(day) instead
-- layout: sort [orders, day]: Snowflake orders rows by what clusters them; the table is clustered by orders, day instead
-- layout: distribute [customer]: no node owns rows; nothing stands for it
-- from a query
create or replace table "MART"."LAID_OUT"
cluster by (date_trunc('month', "DAY"), "CUSTOMER", "ORDERS", "DAY")
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
cluster by (date_trunc('month', "DAY"), "CUSTOMER", "ORDERS", "DAY");
