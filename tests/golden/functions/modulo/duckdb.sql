select
  "w"."number" % (case when "w"."other_number" = 0 then error('division by zero') else "w"."other_number" end) as "value_1",
  "w"."price" % (case when "w"."rate" = 0 then error('division by zero') else "w"."rate" end) as "value_2",
  "w"."big" % (case when "w"."big" = 0 then error('division by zero') else "w"."big" end) as "value_3"
from "raw"."wide" as "w"
