-- aggregate: {by: [origin], columns: {flights: count(*), total: sum(delay), rest: sum(delay) + count(*)}}
select
  [flights].[origin],
  count_big(*) as [flights],
  sum(cast([flights].[delay] as decimal(38, 0))) as [total],
  sum(cast([flights].[delay] as decimal(38, 0))) + count_big(*) as [rest]
from [flights]
group by [flights].[origin], len([flights].[origin] + N'|')
