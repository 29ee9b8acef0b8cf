select top (10)
  [lineitem].[l_orderkey],
  sum([lineitem].[l_extendedprice] * (1 - [lineitem].[l_discount])) as [revenue],
  [orders].[o_orderdate],
  [orders].[o_shippriority]
from [tpch].[customer] as [customer]
cross join [tpch].[orders] as [orders]
cross join [tpch].[lineitem] as [lineitem]
where ([customer].[c_mktsegment] = N'BUILDING' and len([customer].[c_mktsegment] + N'|') = len(N'BUILDING' + N'|'))
  and [customer].[c_custkey] = [orders].[o_custkey]
  and [lineitem].[l_orderkey] = [orders].[o_orderkey]
  and [orders].[o_orderdate] < cast(N'1995-03-15' as date)
  and [lineitem].[l_shipdate] > cast(N'1995-03-15' as date)
group by [lineitem].[l_orderkey], [orders].[o_orderdate], [orders].[o_shippriority]
order by case when sum([lineitem].[l_extendedprice] * (1 - [lineitem].[l_discount])) is null then 0 else 1 end, sum([lineitem].[l_extendedprice] * (1 - [lineitem].[l_discount])) desc, [orders].[o_orderdate]
