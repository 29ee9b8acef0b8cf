select "w"."price" / "w"."rate" as "value_1"
from "raw"."wide" as "w"
