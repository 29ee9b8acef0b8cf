select
  cast(date_part('epoch_microsecond', "W"."MOMENT") * 0.000001 as number(20, 6)) as "VALUE_1",
  cast(date_part('epoch_microsecond', "W"."INSTANT") * 0.000001 as number(20, 6)) as "VALUE_2"
from "RAW"."WIDE" as "W"
