select
  substr("W"."NAME", case when "W"."OTHER_NUMBER" < 1 then 1 else "W"."OTHER_NUMBER" end) as "VALUE_1",
  substr("W"."NAME", case when "W"."OTHER_NUMBER" < 1 then 1 else "W"."OTHER_NUMBER" end, case when "W"."NUMBER" < 0 then to_number(uuid_string() || 'negative substring length not allowed') when "W"."OTHER_NUMBER" < 1 and "W"."NUMBER" + "W"."OTHER_NUMBER" < 1 then 0 when "W"."OTHER_NUMBER" < 1 then "W"."NUMBER" + "W"."OTHER_NUMBER" - 1 else "W"."NUMBER" end) as "VALUE_2"
from "RAW"."WIDE" as "W"
