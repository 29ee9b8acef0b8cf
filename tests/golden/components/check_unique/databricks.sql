-- unique: [origin, day]
select `flights`.`origin`, `flights`.`day`, count(*) as `rows_with_key`
from `flights`
where `flights`.`origin` is not null
  and `flights`.`day` is not null
group by `flights`.`origin`, `flights`.`day`
having count(*) > 1
