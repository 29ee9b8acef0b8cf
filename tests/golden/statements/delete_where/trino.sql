delete from "mart"."totals"
where "totals"."orders" < 1
