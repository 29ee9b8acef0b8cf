rename object [mart].[totals__staged] to [totals]
