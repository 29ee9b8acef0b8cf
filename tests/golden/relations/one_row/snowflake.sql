select 42 as "ANSWER"
