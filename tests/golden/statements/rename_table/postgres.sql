alter table "mart"."totals__staged" rename to "totals"
