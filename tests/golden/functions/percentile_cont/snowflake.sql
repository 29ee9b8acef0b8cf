select "W"."DAY", percentile_cont(0.25) within group (order by "W"."OTHER_RATIO") as "VALUE_1"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
