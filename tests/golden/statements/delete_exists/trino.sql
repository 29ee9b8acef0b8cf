delete from "mart"."totals"
where exists (
  select 1
  from "mart"."totals__staged" as "totals__staged"
  where "totals__staged"."customer" = "totals"."customer"
)
