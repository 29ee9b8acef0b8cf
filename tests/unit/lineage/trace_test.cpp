#include <gtest/gtest.h>

#include "pipelines/lineage/lineage.h"
#include "tests/unit/sql/fixture.h"

namespace penstock::lineage {
namespace {

constexpr std::string_view kSubtypes[] = {"identity", "transformation", "aggregation", "join",       "group_by",
                                          "filter",   "sort",           "window",      "conditional"};

std::string shown(const StepLineage& lineage, const std::vector<InputColumn>& inputs) {
  std::string text;
  for (const InputColumn& input : inputs) {
    text += (text.empty() ? "" : " ") + lineage.table_of(input).name.text() + "." + input.column.text() + ":" +
            std::string(kSubtypes[static_cast<std::size_t>(input.subtype)]);
    if (!input.direct) text += "?";
  }
  return text;
}

/// "a <- flights.x:identity; rows <- flights.y:filter?": a column without inputs is left with nothing behind its arrow.
std::string lineage_of(const std::string& sql) {
  const sql::Parsed parsed = sql::parse(sql);
  if (!parsed.relation) return parsed.diagnostics;
  const StepLineage lineage = trace(*parsed.relation);
  std::string text;
  for (const auto& column : lineage.columns) text += column.name.text() + " <- " + shown(lineage, column.inputs) + "\n";
  if (!lineage.rows.empty()) text += "rows <- " + shown(lineage, lineage.rows) + "\n";
  return lineage.opaque ? text + "opaque\n" : text;
}

std::string types_of(const std::string& sql) {
  const sql::Parsed parsed = sql::parse(sql);
  return parsed.relation ? ir::describe(parsed.relation->columns) : parsed.diagnostics;
}

struct Query {
  const char* sql;
  const char* types;
  const char* lineage;
};

// Checked by hand, one after the other.
const Query kQueries[] = {
    {"select iata from airports", "iata text!", "iata <- airports.iata:identity\n"},
    {"select iata as code from airports", "code text!", "code <- airports.iata:identity\n"},
    {"select upper(name) as n from airports", "n text?", "n <- airports.name:transformation\n"},
    {"select name || city as n from airports", "n text?", "n <- airports.city:transformation airports.name:transformation\n"},
    {"select 1 as one from airports", "one int32!", "one <- \n"},
    {"select :run_id as run from airports", "run text?", "run <- \n"},
    {"select opened::timestamp as o from airports", "o timestamp?", "o <- airports.opened:transformation\n"},
    {"select id from orders where paid", "id int64!", "id <- orders.id:identity\nrows <- orders.paid:filter?\n"},
    {"select id from orders where paid and quantity > 1", "id int64!",
     "id <- orders.id:identity\nrows <- orders.paid:filter? orders.quantity:filter?\n"},
    {"select count(*) as n from orders", "n int64!", "n <- \n"},
    {"select count(customer) as n from orders", "n int64!", "n <- orders.customer:aggregation\n"},
    {"select sum(price) as total from orders", "total decimal(38,2)?", "total <- orders.price:aggregation\n"},
    {"select sum(quantity) as total from orders", "total int64?", "total <- orders.quantity:aggregation\n"},
    {"select sum(id) as total from orders", "total decimal(38,0)?", "total <- orders.id:aggregation\n"},
    {"select avg(price) as mean from orders", "mean decimal(38,16)?", "mean <- orders.price:aggregation\n"},
    {"select sum(price * quantity) as worth from orders", "worth decimal(38,2)?",
     "worth <- orders.price:aggregation orders.quantity:aggregation\n"},
    {"select customer, max(placed_on) as last from orders group by customer", "customer int32?, last date?",
     "customer <- orders.customer:identity\nlast <- orders.placed_on:aggregation\nrows <- orders.customer:group_by?\n"},
    {"select upper(country) as c, count(*) as n from customers group by 1", "c text!, n int64!",
     "c <- customers.country:transformation\nn <- \nrows <- customers.country:group_by?\n"},
    {"select customer from orders group by customer having sum(price) > 10", "customer int32?",
     "customer <- orders.customer:identity\nrows <- orders.customer:group_by? orders.price:filter?\n"},
    {"select count(*) filter (where paid) as n from orders", "n int64!", "n <- orders.paid:filter?\n"},
    {"select sum(price) filter (where paid) as n from orders", "n decimal(38,2)?", "n <- orders.paid:filter? orders.price:aggregation\n"},
    {"select string_agg(name, ',' order by id) as names from customers", "names text?",
     "names <- customers.id:sort? customers.name:aggregation\n"},
    {"select o.id, c.name from orders o join customers c on c.id = o.customer", "id int64!, name text?",
     "id <- orders.id:identity\nname <- customers.name:identity\nrows <- customers.id:join? orders.customer:join?\n"},
    {"select o.id, c.name from orders o left join customers c on c.id = o.customer", "id int64!, name text?",
     "id <- orders.id:identity\nname <- customers.name:identity\nrows <- customers.id:join? orders.customer:join?\n"},
    {"select o.id, c.country from orders o left join customers c on c.id = o.customer", "id int64!, country text?",
     "id <- orders.id:identity\ncountry <- customers.country:identity\nrows <- customers.id:join? orders.customer:join?\n"},
    {"select o.id, c.id as c from orders o full join customers c on c.id = o.customer", "id int64?, c int32?",
     "id <- orders.id:identity\nc <- customers.id:identity\nrows <- customers.id:join? orders.customer:join?\n"},
    {"select id, a.name from customers a join customers b using (id)", "id int32!, name text?",
     "id <- customers.id:identity\nname <- customers.name:identity\nrows <- customers.id:join?\n"},
    {"select id from customers a full join customers b using (id)", "id int32?",
     "id <- customers.id:transformation\nrows <- customers.id:join?\n"},
    {"select o.id from orders o cross join customers c", "id int64!", "id <- orders.id:identity\n"},
    {"select case when paid then price else 0 end as p from orders", "p decimal(12,2)?",
     "p <- orders.paid:conditional? orders.price:transformation\n"},
    {"select case country when 'DE' then 1 else 2 end as p from customers", "p int32!", "p <- customers.country:conditional?\n"},
    {"select coalesce(name, country) as n from customers", "n text!",
     "n <- customers.country:transformation customers.name:transformation\n"},
    {"select quantity in (1, 2) as few from orders", "few boolean?", "few <- orders.quantity:transformation\n"},
    {"select id from orders where customer in (select id from customers)", "id int64!",
     "id <- orders.id:identity\nrows <- customers.id:filter? orders.customer:filter?\n"},
    {"select id from orders where customer in (select id from customers where country = 'DE')", "id int64!",
     "id <- orders.id:identity\nrows <- customers.country:filter? customers.id:filter? orders.customer:filter?\n"},
    {"select id from orders o where exists (select 1 from customers c where c.id = o.customer)", "id int64!",
     "id <- orders.id:identity\nrows <- customers.id:filter? orders.customer:filter?\n"},
    {"select id, (select max(c.name) from customers c where c.id = o.customer) as name from orders o", "id int64!, name text?",
     "id <- orders.id:identity\nname <- customers.id:filter? customers.name:aggregation orders.customer:filter?\n"},
    {"select (select name from customers limit 1) as n from orders", "n text?", "n <- customers.name:transformation\n"},
    {"select x.n from (select name as n from customers) as x", "n text?", "n <- customers.name:identity\n"},
    {"select x.n || '!' as m from (select upper(name) as n from customers) as x", "m text?", "m <- customers.name:transformation\n"},
    {"select sum(x.p) as p from (select price * 2 as p from orders) as x", "p decimal(38,2)?", "p <- orders.price:aggregation\n"},
    {"select x.p + 1 as p from (select sum(price) as p from orders) as x", "p decimal(38,2)?", "p <- orders.price:aggregation\n"},
    {"with c as (select id, name from customers where country = 'DE') select a.name, b.id from c a join c b on a.id = b.id",
     "name text?, id int32!",
     "name <- customers.name:identity\nid <- customers.id:identity\nrows <- customers.country:filter? customers.id:join?\n"},
    {"with c as (select id as k from customers), d as (select k + 1 as l from c) select l from d", "l int32!",
     "l <- customers.id:transformation\n"},
    {"select state from airports union all select country from customers", "state text?",
     "state <- airports.state:identity customers.country:identity\n"},
    {"select state from airports union select upper(country) from customers where id > 1", "state text?",
     "state <- airports.state:identity customers.country:transformation\nrows <- customers.id:filter?\n"},
    {"select id from orders union all select id from customers", "id int64!", "id <- customers.id:transformation orders.id:identity\n"},
    {"select state from airports except select country from customers", "state text?",
     "state <- airports.state:identity\nrows <- customers.country:filter?\n"},
    {"select state from airports intersect select country from customers", "state text?",
     "state <- airports.state:identity customers.country:identity\n"},
    {"select distinct state from airports", "state text?", "state <- airports.state:identity\nrows <- airports.state:group_by?\n"},
    {"select name from airports order by iata limit 3", "name text?", "name <- airports.name:identity\nrows <- airports.iata:sort?\n"},
    {"select distinct on (state) name from airports order by state, iata", "name text?",
     "name <- airports.name:identity\nrows <- airports.iata:filter? airports.state:filter?\n"},
    {"select row_number() over (partition by state order by iata, name) as n from airports", "n int64!",
     "n <- airports.iata:window? airports.name:window? airports.state:window?\n"},
    {"select sum(price) over (partition by customer) as t from orders", "t decimal(38,2)?",
     "t <- orders.customer:window? orders.price:aggregation\n"},
    {"select lag(price) over (order by id) as before from orders", "before decimal(12,2)?",
     "before <- orders.id:window? orders.price:transformation\n"},
    {"select first_value(name) over (partition by country order by id) as n from customers", "n text?",
     "n <- customers.country:window? customers.id:window? customers.name:transformation\n"},
    {"select sum(count(*)) over () as n from orders group by customer", "n decimal(38,0)?", "n <- \nrows <- orders.customer:group_by?\n"},
    {"select customer, rank() over (order by sum(price) desc) as place from orders group by customer", "customer int32?, place int64!",
     "customer <- orders.customer:identity\nplace <- orders.price:window?\nrows <- orders.customer:group_by?\n"},
    {"select n from (select row_number() over (order by id, name) as n, id from customers) as x where n = 1", "n int64!",
     "n <- customers.id:window? customers.name:window?\nrows <- customers.id:filter? customers.name:filter?\n"},
    {"select a.id from orders a, customers c where a.customer = c.id", "id int64!",
     "id <- orders.id:identity\nrows <- customers.id:filter? orders.customer:filter?\n"},
    {"select details ->> 'a' as a from orders", "a text?", "a <- orders.details:transformation\n"},
    {"select v.a from (values (1), (2)) as v(a)", "a int32!", "a <- \n"},
    {"select a, b from anything where c = 1", "a unknown?, b unknown?",
     "a <- anything.a:identity\nb <- anything.b:identity\nrows <- anything.c:filter?\n"},
    {"select extract(year from placed_on) as y from orders", "y decimal(10,0)!", "y <- orders.placed_on:transformation\n"},
    {"select date_trunc('month', placed_on)::date as m, count(*) as n from orders group by m", "m date!, n int64!",
     "m <- orders.placed_on:transformation\nn <- \nrows <- orders.placed_on:group_by?\n"},
};

TEST(TraceTest, SixtyQueriesAndMore) {
  static_assert(std::size(kQueries) >= 60);
  for (const Query& query : kQueries) {
    EXPECT_EQ(types_of(query.sql), query.types) << query.sql;
    EXPECT_EQ(lineage_of(query.sql), query.lineage) << query.sql;
  }
}

TEST(TraceTest, NativeIsOpaque) {
  const Identifier a = Identifier::exact("a");
  const ir::RelationPtr native = ir::native("select a from t", {{a, ir::Type{}, true}}, {{{}, {}, Identifier::exact("t")}});
  const StepLineage lineage = trace(*ir::filter(native, ir::boolean(true)));
  EXPECT_TRUE(lineage.opaque);
  ASSERT_EQ(lineage.columns.size(), 1U);
  EXPECT_TRUE(lineage.columns[0].inputs.empty());
}

}  // namespace
}  // namespace penstock::lineage
