select lower("w"."name") like lower('50!%!_of [a]_\%') escape '!' as "value_1"
from "raw"."wide" as "w"
