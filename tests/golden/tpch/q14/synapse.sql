select cast(round(cast(100.00 * sum(case when [part].[p_type] like N'PROMO%' then [lineitem].[l_extendedprice] * (1 - [lineitem].[l_discount]) else 0.0000 end) as decimal(23, 6)) / cast(sum([lineitem].[l_extendedprice] * (1 - [lineitem].[l_discount])) as decimal(38, 4)), 16) as decimal(38, 16)) as [promo_revenue]
from [tpch].[lineitem] as [lineitem]
cross join [tpch].[part] as [part]
where [lineitem].[l_partkey] = [part].[p_partkey]
  and [lineitem].[l_shipdate] >= cast(N'1995-09-01' as date)
  and [lineitem].[l_shipdate] < cast(N'1995-10-01' as date)
