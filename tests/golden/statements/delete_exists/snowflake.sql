delete from "MART"."TOTALS" as "T"
where exists (
  select 1
  from "MART"."TOTALS__STAGED" as "TOTALS__STAGED"
  where "TOTALS__STAGED"."CUSTOMER" = "T"."CUSTOMER"
)
