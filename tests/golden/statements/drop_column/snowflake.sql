alter table "MART"."TOTALS" drop column if exists "ORDERS"
