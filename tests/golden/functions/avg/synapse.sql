select
  [w].[day],
  cast(round(cast(sum(cast([w].[number] as bigint)) as decimal(21, 0)) / cast(count_big([w].[number]) as decimal(19, 0)), 16) as decimal(38, 16)) as [value_1],
  cast(round(cast(sum([w].[price]) as decimal(23, 2)) / cast(count_big([w].[price]) as decimal(19, 0)), 16) as decimal(38, 16)) as [value_2],
  cast(sum([w].[ratio]) as float) / count_big([w].[ratio]) as [value_3],
  cast(round(cast(sum(cast([w].[big] as decimal(38, 0))) as decimal(21, 0)) / cast(count_big([w].[big]) as decimal(19, 0)), 16) as decimal(38, 16)) as [value_4]
from [raw].[wide] as [w]
group by [w].[day]
