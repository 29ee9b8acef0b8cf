delete from "mart"."totals"
