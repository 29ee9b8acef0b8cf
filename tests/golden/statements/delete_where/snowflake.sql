delete from "MART"."TOTALS" as "T"
where "T"."ORDERS" < 1
