select
  date_add('day', 3, date_add('month', 14, "w"."moment")) + interval '5.500' second as "value_1",
  date_add('day', 3, date_add('month', 14, "w"."instant")) + interval '5.500' second as "value_2"
from "raw"."wide" as "w"
