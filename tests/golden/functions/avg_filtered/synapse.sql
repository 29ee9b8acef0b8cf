select
  [w].[day],
  cast(round(cast(sum(case when [w].[number] > 0 then cast([w].[number] as bigint) end) as decimal(21, 0)) / cast(count_big(case when [w].[number] > 0 then [w].[number] end) as decimal(19, 0)), 16) as decimal(38, 16)) as [value_1],
  cast(round(cast(sum(case when [w].[number] > 0 then [w].[price] end) as decimal(23, 2)) / cast(count_big(case when [w].[number] > 0 then [w].[price] end) as decimal(19, 0)), 16) as decimal(38, 16)) as [value_2],
  cast(sum(case when [w].[number] > 0 then [w].[ratio] end) as float) / count_big(case when [w].[number] > 0 then [w].[ratio] end) as [value_3],
  cast(round(cast(sum(case when [w].[number] > 0 then cast([w].[big] as decimal(38, 0)) end) as decimal(21, 0)) / cast(count_big(case when [w].[number] > 0 then [w].[big] end) as decimal(19, 0)), 16) as decimal(38, 16)) as [value_4]
from [raw].[wide] as [w]
group by [w].[day]
