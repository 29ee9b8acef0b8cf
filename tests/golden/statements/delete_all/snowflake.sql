delete from "MART"."TOTALS" where true
