select
  [w].[day],
  cast(sum(cast([w].[number] as bigint)) as float) / count_big([w].[number]) as [value_1],
  cast(sum([w].[price]) as float) / count_big([w].[price]) as [value_2],
  cast(sum([w].[ratio]) as float) / count_big([w].[ratio]) as [value_3],
  cast(sum(cast([w].[big] as decimal(38, 0))) as float) / count_big([w].[big]) as [value_4]
from [raw].[wide] as [w]
group by [w].[day]
