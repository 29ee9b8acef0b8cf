delete [t] from [mart].[totals] as [t]
where exists (
  select 1
  from [mart].[totals__staged] as [totals__staged]
  where ([totals__staged].[customer] = [t].[customer] and len([totals__staged].[customer] + N'|') = len([t].[customer] + N'|'))
)
