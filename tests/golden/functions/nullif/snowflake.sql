select
  nullif("W"."NAME", "W"."OTHER_NAME") as "VALUE_1",
  nullif("W"."NUMBER", "W"."OTHER_NUMBER") as "VALUE_2",
  nullif("W"."MOMENT", "W"."OTHER_MOMENT") as "VALUE_3",
  nullif("W"."FLAG", "W"."OTHER_FLAG") as "VALUE_4"
from "RAW"."WIDE" as "W"
