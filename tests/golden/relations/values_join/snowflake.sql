select "CUSTOMERS"."CUSTOMER", "CUSTOMERS"."STATE", "V"."CODE", "V"."RATE", "V"."SINCE"
from "RAW"."CUSTOMERS" as "CUSTOMERS"
join (
  select 'it''s \\ "x"' as "CODE", 1.50 as "RATE", to_date('1970-01-01', 'YYYY-MM-DD') as "SINCE"
  union all select 'b', cast(null as number(6, 2)), cast(null as date)
) as "V" on "CUSTOMERS"."CUSTOMER" = "V"."CODE"
