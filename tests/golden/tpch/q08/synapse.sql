select
  cast(datepart(year, [orders].[o_orderdate]) as decimal(10, 0)) as [o_year],
  cast(round(cast(sum(case when ([n2].[n_name] = N'BRAZIL' and len([n2].[n_name] + N'|') = len(N'BRAZIL' + N'|')) then [lineitem].[l_extendedprice] * (1 - [lineitem].[l_discount]) else 0.0000 end) as decimal(21, 4)) / cast(sum([lineitem].[l_extendedprice] * (1 - [lineitem].[l_discount])) as decimal(38, 4)), 16) as decimal(38, 16)) as [mkt_share]
from [tpch].[part] as [part]
cross join [tpch].[supplier] as [supplier]
cross join [tpch].[lineitem] as [lineitem]
cross join [tpch].[orders] as [orders]
cross join [tpch].[customer] as [customer]
cross join [tpch].[nation] as [n1]
cross join [tpch].[nation] as [n2]
cross join [tpch].[region] as [region]
where [part].[p_partkey] = [lineitem].[l_partkey]
  and [supplier].[s_suppkey] = [lineitem].[l_suppkey]
  and [lineitem].[l_orderkey] = [orders].[o_orderkey]
  and [orders].[o_custkey] = [customer].[c_custkey]
  and [customer].[c_nationkey] = [n1].[n_nationkey]
  and [n1].[n_regionkey] = [region].[r_regionkey]
  and ([region].[r_name] = N'AMERICA' and len([region].[r_name] + N'|') = len(N'AMERICA' + N'|'))
  and [supplier].[s_nationkey] = [n2].[n_nationkey]
  and [orders].[o_orderdate] >= cast(N'1995-01-01' as date)
  and [orders].[o_orderdate] <= cast(N'1996-12-31' as date)
  and ([part].[p_type] = N'ECONOMY ANODIZED STEEL' and len([part].[p_type] + N'|') = len(N'ECONOMY ANODIZED STEEL' + N'|'))
group by cast(datepart(year, [orders].[o_orderdate]) as decimal(10, 0))
order by cast(datepart(year, [orders].[o_orderdate]) as decimal(10, 0))
