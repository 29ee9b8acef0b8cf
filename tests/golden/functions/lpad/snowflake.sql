select
  lpad("W"."NAME", case when "W"."OTHER_NUMBER" < 0 then 0 else "W"."OTHER_NUMBER" end, ' ') as "VALUE_1",
  lpad("W"."NAME", case when "W"."OTHER_NUMBER" < 0 then 0 else "W"."OTHER_NUMBER" end, '0') as "VALUE_2"
from "RAW"."WIDE" as "W"
