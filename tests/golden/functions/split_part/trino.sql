select case when "w"."name" is not null then coalesce(split_part("w"."name", ',', 2), '') end as "value_1"
from "raw"."wide" as "w"
