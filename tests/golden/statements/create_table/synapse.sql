create table [mart].[totals] (
  [id] bigint not null,
  [flag] bit,
  [other_flag] bit,
  [small] smallint,
  [number] int,
  [other_number] int,
  [big] bigint,
  [price] decimal(12, 2),
  [rate] decimal(6, 4),
  [single] real,
  [ratio] float,
  [other_ratio] float,
  [name] nvarchar(4000),
  [other_name] nvarchar(4000),
  [day] date,
  [other_day] date,
  [clock] time(6),
  [moment] datetime2(6),
  [other_moment] datetime2(6),
  [instant] datetimeoffset(6),
  [other_instant] datetimeoffset(6)
)
with (distribution = round_robin, clustered columnstore index)
