select "w"."number" / "w"."other_number" as "value_1", "w"."big" / "w"."big" as "value_2"
from "raw"."wide" as "w"
