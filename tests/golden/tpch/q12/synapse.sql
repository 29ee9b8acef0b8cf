select
  [lineitem].[l_shipmode],
  sum(cast(case when ([orders].[o_orderpriority] = N'1-URGENT' and len([orders].[o_orderpriority] + N'|') = len(N'1-URGENT' + N'|')) or ([orders].[o_orderpriority] = N'2-HIGH' and len([orders].[o_orderpriority] + N'|') = len(N'2-HIGH' + N'|')) then 1 else 0 end as bigint)) as [high_line_count],
  sum(cast(case when ([orders].[o_orderpriority] <> N'1-URGENT' or len([orders].[o_orderpriority] + N'|') <> len(N'1-URGENT' + N'|')) and ([orders].[o_orderpriority] <> N'2-HIGH' or len([orders].[o_orderpriority] + N'|') <> len(N'2-HIGH' + N'|')) then 1 else 0 end as bigint)) as [low_line_count]
from [tpch].[orders] as [orders]
cross join [tpch].[lineitem] as [lineitem]
where [orders].[o_orderkey] = [lineitem].[l_orderkey]
  and [lineitem].[l_shipmode] + N'|' in (N'MAIL' + N'|', N'SHIP' + N'|')
  and [lineitem].[l_commitdate] < [lineitem].[l_receiptdate]
  and [lineitem].[l_shipdate] < [lineitem].[l_commitdate]
  and [lineitem].[l_receiptdate] >= cast(N'1994-01-01' as date)
  and [lineitem].[l_receiptdate] < cast(N'1995-01-01' as date)
group by [lineitem].[l_shipmode], len([lineitem].[l_shipmode] + N'|')
order by [lineitem].[l_shipmode], len([lineitem].[l_shipmode] + N'|')
