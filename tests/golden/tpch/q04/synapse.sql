select [orders].[o_orderpriority], count_big(*) as [order_count]
from [tpch].[orders] as [orders]
where [orders].[o_orderdate] >= cast(N'1993-07-01' as date)
  and [orders].[o_orderdate] < cast(N'1993-10-01' as date)
  and exists (
  select 1
  from [tpch].[lineitem] as [lineitem]
  where [lineitem].[l_orderkey] = [orders].[o_orderkey]
    and [lineitem].[l_commitdate] < [lineitem].[l_receiptdate]
)
group by [orders].[o_orderpriority], len([orders].[o_orderpriority] + N'|')
order by [orders].[o_orderpriority], len([orders].[o_orderpriority] + N'|')
