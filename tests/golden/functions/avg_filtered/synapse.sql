select
  [w].[day],
  cast(sum(case when [w].[number] > 0 then cast([w].[number] as bigint) end) as float) / count_big(case when [w].[number] > 0 then [w].[number] end) as [value_1],
  cast(sum(case when [w].[number] > 0 then [w].[price] end) as float) / count_big(case when [w].[number] > 0 then [w].[price] end) as [value_2],
  cast(sum(case when [w].[number] > 0 then [w].[ratio] end) as float) / count_big(case when [w].[number] > 0 then [w].[ratio] end) as [value_3],
  cast(sum(case when [w].[number] > 0 then cast([w].[big] as decimal(38, 0)) end) as float) / count_big(case when [w].[number] > 0 then [w].[big] end) as [value_4]
from [raw].[wide] as [w]
group by [w].[day]
