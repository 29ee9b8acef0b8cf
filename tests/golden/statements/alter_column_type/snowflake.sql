alter table "MART"."TOTALS" alter column "ORDERS" set data type number(19, 0)
