select top (100) [supplier].[s_name], count_big(*) as [numwait]
from [tpch].[supplier] as [supplier]
cross join [tpch].[lineitem] as [l1]
cross join [tpch].[orders] as [orders]
cross join [tpch].[nation] as [nation]
where [supplier].[s_suppkey] = [l1].[l_suppkey]
  and [orders].[o_orderkey] = [l1].[l_orderkey]
  and ([orders].[o_orderstatus] = N'F' and len([orders].[o_orderstatus] + N'|') = len(N'F' + N'|'))
  and [l1].[l_receiptdate] > [l1].[l_commitdate]
  and exists (
  select 1
  from [tpch].[lineitem] as [l2]
  where [l2].[l_orderkey] = [l1].[l_orderkey]
    and [l2].[l_suppkey] <> [l1].[l_suppkey]
)
  and not exists (
  select 1
  from [tpch].[lineitem] as [l3]
  where [l3].[l_orderkey] = [l1].[l_orderkey]
    and [l3].[l_suppkey] <> [l1].[l_suppkey]
    and [l3].[l_receiptdate] > [l3].[l_commitdate]
)
  and [supplier].[s_nationkey] = [nation].[n_nationkey]
  and ([nation].[n_name] = N'SAUDI ARABIA' and len([nation].[n_name] + N'|') = len(N'SAUDI ARABIA' + N'|'))
group by [supplier].[s_name], len([supplier].[s_name] + N'|')
order by count_big(*) desc, [supplier].[s_name], len([supplier].[s_name] + N'|')
