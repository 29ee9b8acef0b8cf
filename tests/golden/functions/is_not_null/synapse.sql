select
  cast(case when [w].[name] is not null then 1 else 0 end as bit) as [value_1],
  cast(case when [w].[number] is not null then 1 else 0 end as bit) as [value_2],
  cast(case when [w].[moment] is not null then 1 else 0 end as bit) as [value_3],
  cast(case when [w].[flag] is not null then 1 else 0 end as bit) as [value_4]
from [raw].[wide] as [w]
