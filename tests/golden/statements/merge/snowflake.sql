merge into "MART"."TOTALS" as "T"
using "MART"."TOTALS__STAGED" as "S" on "T"."CUSTOMER" is not distinct from "S"."CUSTOMER"
when matched and "T"."TOTAL" is distinct from "S"."TOTAL" then
  update set
    "ORDERS" = "S"."ORDERS",
    "TOTAL" = "S"."TOTAL"
when not matched then
  insert ("CUSTOMER", "ORDERS", "TOTAL")
  values ("S"."CUSTOMER", "S"."ORDERS", "S"."TOTAL")
