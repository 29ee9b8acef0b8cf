drop view if exists "MART"."TOTALS"
