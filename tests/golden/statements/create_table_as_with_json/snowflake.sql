create table "MART"."TOTALS" as
select "W"."ID", "W"."DOCUMENT"
from "RAW"."WIDE" as "W"
