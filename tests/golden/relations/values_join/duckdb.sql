select "customers"."customer", "customers"."state", "v"."code", "v"."rate", "v"."since"
from "raw"."customers" as "customers"
join (values
  ('it''s \ "x"', 1.50, date '1970-01-01'),
  ('b', cast(null as decimal(6, 2)), cast(null as date))
) as "v" ("code", "rate", "since") on "customers"."customer" = "v"."code"
