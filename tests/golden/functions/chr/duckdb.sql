select chr("w"."number") as "value_1"
from "raw"."wide" as "w"
