-- publish, may be repeated
create or replace view "MART"."TOTALS" copy grants as
select "TOTALS"."CUSTOMER", "TOTALS"."DAY", "TOTALS"."TOTAL"
from "RAW"."TOTALS" as "TOTALS";
