alter table "mart"."totals" alter column "orders" type numeric(20, 0)
