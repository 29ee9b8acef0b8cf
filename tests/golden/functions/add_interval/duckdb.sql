select
  "w"."moment" + interval '14 months 3 days 5500000 microseconds' as "value_1",
  "w"."instant" + interval '14 months 3 days 5500000 microseconds' as "value_2"
from "raw"."wide" as "w"
