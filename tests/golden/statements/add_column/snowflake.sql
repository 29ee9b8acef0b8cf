alter table "MART"."TOTALS" add column "NOTE" varchar
