select case when "w"."other_name" = '' then "w"."name" else replace("w"."name", "w"."other_name", "w"."other_name") end as "value_1"
from "raw"."wide" as "w"
