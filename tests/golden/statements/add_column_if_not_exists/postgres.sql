alter table "mart"."totals" add column if not exists "note" text
