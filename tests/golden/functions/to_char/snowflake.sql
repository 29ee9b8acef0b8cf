select
  to_varchar("W"."MOMENT", 'YYYY-MM-DD HH24:MI:SS.FF6') as "VALUE_1",
  to_varchar(convert_timezone('UTC', "W"."INSTANT"), 'YYYY-MM-DD HH24:MI:SS.FF6') as "VALUE_2"
from "RAW"."WIDE" as "W"
