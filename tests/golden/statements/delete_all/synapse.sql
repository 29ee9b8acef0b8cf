delete from [mart].[totals]
