alter table "mart"."totals" alter column "orders" set data type bigint
