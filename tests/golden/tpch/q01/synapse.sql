select
  [lineitem].[l_returnflag],
  [lineitem].[l_linestatus],
  sum([lineitem].[l_quantity]) as [sum_qty],
  sum([lineitem].[l_extendedprice]) as [sum_base_price],
  sum([lineitem].[l_extendedprice] * (1 - [lineitem].[l_discount])) as [sum_disc_price],
  sum([lineitem].[l_extendedprice] * (1 - [lineitem].[l_discount]) * (1 + [lineitem].[l_tax])) as [sum_charge],
  cast(round(cast(sum([lineitem].[l_quantity]) as decimal(23, 2)) / cast(count_big([lineitem].[l_quantity]) as decimal(19, 0)), 16) as decimal(38, 16)) as [avg_qty],
  cast(round(cast(sum([lineitem].[l_extendedprice]) as decimal(23, 2)) / cast(count_big([lineitem].[l_extendedprice]) as decimal(19, 0)), 16) as decimal(38, 16)) as [avg_price],
  cast(round(cast(sum([lineitem].[l_discount]) as decimal(23, 2)) / cast(count_big([lineitem].[l_discount]) as decimal(19, 0)), 16) as decimal(38, 16)) as [avg_disc],
  count_big(*) as [count_order]
from [tpch].[lineitem] as [lineitem]
where [lineitem].[l_shipdate] <= cast(N'1998-09-02' as date)
group by
  [lineitem].[l_returnflag],
  len([lineitem].[l_returnflag] + N'|'),
  [lineitem].[l_linestatus],
  len([lineitem].[l_linestatus] + N'|')
order by [lineitem].[l_returnflag], len([lineitem].[l_returnflag] + N'|'), [lineitem].[l_linestatus], len([lineitem].[l_linestatus] + N'|')
