alter table [mart].[totals] add [note] nvarchar(4000)
