select
  greatest_ignore_nulls("W"."NAME", "W"."OTHER_NAME") as "VALUE_1",
  greatest_ignore_nulls("W"."NUMBER", "W"."OTHER_NUMBER") as "VALUE_2",
  greatest_ignore_nulls("W"."MOMENT", "W"."OTHER_MOMENT") as "VALUE_3",
  greatest_ignore_nulls("W"."FLAG", "W"."OTHER_FLAG") as "VALUE_4"
from "RAW"."WIDE" as "W"
