select "W"."DAY", count(*) as "VALUE_1"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
