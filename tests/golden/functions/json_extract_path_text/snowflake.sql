select case when typeof(get(get("W"."DOCUMENT", 'a'), 0)) not in ('ARRAY', 'OBJECT') then cast(get(get("W"."DOCUMENT", 'a'), 0) as varchar) end as "VALUE_1"
from "RAW"."WIDE" as "W"
