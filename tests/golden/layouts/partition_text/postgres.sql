-- layout: partition [customer]: PostgreSQL makes no partitions by itself; nothing stands for it
-- from a query
create table "mart"."laid_out" as
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
  "customer" text,
  "orders" bigint,
  "day" date,
  "moment" timestamp,
  "instant" timestamptz,
  "ratio" double precision,
  "TheDay" date
);
