alter table [mart].[totals] alter column [orders] bigint
