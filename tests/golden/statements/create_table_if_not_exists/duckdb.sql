create table if not exists "mart"."totals" (
  "customer" varchar not null,
  "orders" bigint,
  "total" decimal(38, 2),
  primary key ("customer")
)
