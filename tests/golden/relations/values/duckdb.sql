select "v"."code", "v"."rate", "v"."since"
from (values
  ('it''s \ "x"', 1.50, date '1970-01-01'),
  ('b', cast(null as decimal(6, 2)), cast(null as date))
) as "v" ("code", "rate", "since")
