-- pivot: {by: [origin], column: destination, values: {sfo: SFO, jfk: JFK}, aggregate: sum(delay) + count(*)}
select
  [flights].[origin],
  sum(case when ([flights].[destination] = N'SFO' and len([flights].[destination] + N'|') = len(N'SFO' + N'|')) then cast([flights].[delay] as decimal(38, 0)) end) + count_big(case when ([flights].[destination] = N'SFO' and len([flights].[destination] + N'|') = len(N'SFO' + N'|')) then 1 end) as [sfo],
  sum(case when ([flights].[destination] = N'JFK' and len([flights].[destination] + N'|') = len(N'JFK' + N'|')) then cast([flights].[delay] as decimal(38, 0)) end) + count_big(case when ([flights].[destination] = N'JFK' and len([flights].[destination] + N'|') = len(N'JFK' + N'|')) then 1 end) as [jfk]
from [flights]
group by [flights].[origin], len([flights].[origin] + N'|')
