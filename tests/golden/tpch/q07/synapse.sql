select
  [n1].[n_name] as [supp_nation],
  [n2].[n_name] as [cust_nation],
  cast(datepart(year, [lineitem].[l_shipdate]) as decimal(10, 0)) as [l_year],
  sum([lineitem].[l_extendedprice] * (1 - [lineitem].[l_discount])) as [revenue]
from [tpch].[supplier] as [supplier]
cross join [tpch].[lineitem] as [lineitem]
cross join [tpch].[orders] as [orders]
cross join [tpch].[customer] as [customer]
cross join [tpch].[nation] as [n1]
cross join [tpch].[nation] as [n2]
where [supplier].[s_suppkey] = [lineitem].[l_suppkey]
  and [orders].[o_orderkey] = [lineitem].[l_orderkey]
  and [customer].[c_custkey] = [orders].[o_custkey]
  and [supplier].[s_nationkey] = [n1].[n_nationkey]
  and [customer].[c_nationkey] = [n2].[n_nationkey]
  and ((([n1].[n_name] = N'FRANCE' and len([n1].[n_name] + N'|') = len(N'FRANCE' + N'|')) and ([n2].[n_name] = N'GERMANY' and len([n2].[n_name] + N'|') = len(N'GERMANY' + N'|'))) or (([n1].[n_name] = N'GERMANY' and len([n1].[n_name] + N'|') = len(N'GERMANY' + N'|')) and ([n2].[n_name] = N'FRANCE' and len([n2].[n_name] + N'|') = len(N'FRANCE' + N'|'))))
  and [lineitem].[l_shipdate] >= cast(N'1995-01-01' as date)
  and [lineitem].[l_shipdate] <= cast(N'1996-12-31' as date)
group by
  [n1].[n_name],
  len([n1].[n_name] + N'|'),
  [n2].[n_name],
  len([n2].[n_name] + N'|'),
  cast(datepart(year, [lineitem].[l_shipdate]) as decimal(10, 0))
order by [n1].[n_name], len([n1].[n_name] + N'|'), [n2].[n_name], len([n2].[n_name] + N'|'), cast(datepart(year, [lineitem].[l_shipdate]) as decimal(10, 0))
