select "W"."NAME" not ilike '50!%!_of [a]_\\%' escape '!' as "VALUE_1"
from "RAW"."WIDE" as "W"
