select to_date(to_varchar("W"."NUMBER", 'FM0000') || '-' || to_varchar("W"."OTHER_NUMBER", 'FM00') || '-' || to_varchar("W"."NUMBER", 'FM00'), 'YYYY-MM-DD') as "VALUE_1"
from "RAW"."WIDE" as "W"
