select "W"."DAY", stddev_samp("W"."RATIO") as "VALUE_1"
from "RAW"."WIDE" as "W"
group by "W"."DAY"
