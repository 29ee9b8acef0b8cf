select
  cast(datefromparts(year(cast([orders].[placed_on] as datetime2(6))), month(cast([orders].[placed_on] as datetime2(6))), 1) as datetime2(6)) as [month],
  sum([orders].[amount]) as [total]
from [raw].[orders] as [orders]
group by cast(datefromparts(year(cast([orders].[placed_on] as datetime2(6))), month(cast([orders].[placed_on] as datetime2(6))), 1) as datetime2(6))
having sum([orders].[amount]) > 0
order by case when cast(datefromparts(year(cast([orders].[placed_on] as datetime2(6))), month(cast([orders].[placed_on] as datetime2(6))), 1) as datetime2(6)) is null then 1 else 0 end, cast(datefromparts(year(cast([orders].[placed_on] as datetime2(6))), month(cast([orders].[placed_on] as datetime2(6))), 1) as datetime2(6))
