alter table "mart"."totals" alter column "orders" set data type decimal(20, 0)
