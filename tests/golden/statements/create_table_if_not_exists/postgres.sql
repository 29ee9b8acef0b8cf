create table if not exists "mart"."totals" (
  "customer" text not null,
  "orders" bigint,
  "total" numeric(38, 2),
  primary key ("customer")
)
