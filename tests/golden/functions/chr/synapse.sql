select nchar([w].[number]) as [value_1]
from [raw].[wide] as [w]
