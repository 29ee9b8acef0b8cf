select not coalesce("w"."flag", true) as "value_1"
from "raw"."wide" as "w"
