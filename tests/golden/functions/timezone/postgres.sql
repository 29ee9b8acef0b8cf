select "w"."instant" at time zone 'UTC' as "value_1", "w"."moment" at time zone 'UTC' as "value_2"
from "raw"."wide" as "w"
