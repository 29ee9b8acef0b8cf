select
  least_ignore_nulls("W"."NAME", "W"."OTHER_NAME") as "VALUE_1",
  least_ignore_nulls("W"."NUMBER", "W"."OTHER_NUMBER") as "VALUE_2",
  least_ignore_nulls("W"."MOMENT", "W"."OTHER_MOMENT") as "VALUE_3",
  least_ignore_nulls("W"."FLAG", "W"."OTHER_FLAG") as "VALUE_4"
from "RAW"."WIDE" as "W"
