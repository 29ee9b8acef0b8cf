drop table if exists "MART"."TOTALS"
