select
  substr("w"."name", "w"."other_number") as "value_1",
  substr("w"."name", "w"."other_number", "w"."number") as "value_2"
from "raw"."wide" as "w"
