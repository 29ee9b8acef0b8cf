select "w"."ratio" / (case when "w"."other_ratio" = 0 and "w"."ratio" is not null then fail('division by zero') else "w"."other_ratio" end) as "value_1"
from "raw"."wide" as "w"
