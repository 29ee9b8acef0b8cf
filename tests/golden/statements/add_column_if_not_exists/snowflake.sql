alter table "MART"."TOTALS" add column if not exists "NOTE" varchar
