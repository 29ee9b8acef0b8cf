select
  date_trunc('month', "w"."other_moment") as "value_1",
  date_trunc('month', "w"."other_instant") as "value_2"
from "raw"."wide" as "w"
