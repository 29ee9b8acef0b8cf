select case when "w"."number" is not null and "w"."other_number" is not null and "w"."number" is not null then cast(format('%04d-%02d-%02d', "w"."number", "w"."other_number", "w"."number") as date) end as "value_1"
from "raw"."wide" as "w"
