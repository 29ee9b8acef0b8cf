select "W"."DAY", percentile_cont(0.5) within group (order by "W"."RATIO") as "VALUE_1"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
