alter table "MART"."TOTALS__STAGED" rename to "MART"."TOTALS"
