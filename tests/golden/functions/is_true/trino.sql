select coalesce("w"."flag", false) as "value_1"
from "raw"."wide" as "w"
