alter table [mart].[totals] alter column [orders] decimal(20, 0)
