select
  lpad("w"."name", "w"."other_number", ' ') as "value_1",
  lpad("w"."name", "w"."other_number", '0') as "value_2"
from "raw"."wide" as "w"
