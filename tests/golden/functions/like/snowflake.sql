select "W"."NAME" like '50!%!_of [a]_\\%' escape '!' as "VALUE_1"
from "RAW"."WIDE" as "W"
