select
  "w"."number" // (case when "w"."other_number" = 0 and "w"."number" is not null then error('division by zero') else "w"."other_number" end) as "value_1",
  "w"."big" // (case when "w"."big" = 0 and "w"."big" is not null then error('division by zero') else "w"."big" end) as "value_2"
from "raw"."wide" as "w"
