#include "tests/golden/cases.h"

namespace penstock::golden {
namespace {

using F = ir::Function;
using K = ir::TypeKind;
using JoinKind = ir::Join::Kind;
using SetKind = ir::SetOperation::Kind;

Identifier id(std::string text) { return Identifier::exact(std::move(text)); }

ir::ExpressionPtr of(const ir::RelationPtr& relation, int index) { return ir::column_of(*relation, index); }

ir::ExpressionPtr named(const ir::RelationPtr& relation, const char* name) {
  return ir::column_of(*relation, *ir::find_column(relation->columns, id(name)));
}

ir::RelationPtr pick(const ir::RelationPtr& input, std::initializer_list<const char*> names) {
  std::vector<ir::NamedExpression> columns;
  for (const char* name : names) columns.push_back({id(name), named(input, name)});
  return ir::project(input, std::move(columns));
}

ir::RelationPtr orders() {
  return ir::scan({{}, id("raw"), id("orders")}, {{id("order_id"), ir::Type::of(K::int64), false},
                                                  {id("customer"), ir::Type::of(K::text), true},
                                                  {id("placed_on"), ir::Type::of(K::date), true},
                                                  {id("amount"), ir::Type::decimal(12, 2), true}});
}

ir::RelationPtr customers() {
  return ir::scan({{}, id("raw"), id("customers")},
                  {{id("customer"), ir::Type::of(K::text), false}, {id("state"), ir::Type::of(K::text), true}});
}

ir::Aggregate::NamedCall total(const ir::RelationPtr& input) {
  ir::AggregateCall call;
  call.function = F::sum;
  call.arguments = {named(input, "amount")};
  call.type = ir::Type::decimal(38, 2);
  return {id("total"), call};
}

ir::Aggregate::NamedCall rows() {
  ir::AggregateCall call;
  call.function = F::count_rows;
  call.type = ir::Type::of(K::int64);
  call.nullable = false;
  return {id("orders"), call};
}

ir::Window::NamedCall place(std::vector<ir::ExpressionPtr> partition, std::vector<ir::SortKey> order) {
  ir::WindowCall call;
  call.function = F::row_number;
  call.partition_by = std::move(partition);
  call.order_by = std::move(order);
  call.type = ir::Type::of(K::int64);
  call.nullable = false;
  return {id("place"), call};
}

ir::RelationPtr big_orders() {
  const auto input = orders();
  return ir::filter(input, ir::call(F::greater, {named(input, "amount"), ir::integer(100)}));
}

ir::RelationPtr join_on_customer(JoinKind kind, const ir::RelationPtr& left, const ir::RelationPtr& right, F comparison = F::equal) {
  const int shift = static_cast<int>(left->columns.size());
  const auto condition = ir::call(comparison, {of(left, 1), ir::column(shift, right->columns[0].type, right->columns[0].nullable)});
  return ir::join(kind, left, right, condition);
}

ir::RelationPtr by_customer(const ir::RelationPtr& input) {
  return ir::aggregate(input, {{id("customer"), named(input, "customer")}}, {rows(), total(input)});
}

ir::RelationPtr ranked() {
  const auto grouped = by_customer(big_orders());
  return ir::window(grouped, {place({}, {{named(grouped, "total"), true, false}, {named(grouped, "customer"), false, false}})});
}

ir::RelationPtr top_three() {
  const auto input = ranked();
  return ir::filter(input, ir::call(F::less_equal, {named(input, "place"), ir::integer(3)}));
}

ir::RelationPtr by_month() {
  const auto input = orders();
  const auto month = ir::call(F::date_trunc, {ir::text("month"), ir::cast(named(input, "placed_on"), ir::Type::of(K::timestamp))});
  const auto grouped = ir::aggregate(input, {{id("month"), month}}, {total(input)});
  const auto kept = ir::filter(grouped, ir::call(F::greater, {named(grouped, "total"), ir::integer(0)}));
  return ir::sort(kept, {{named(kept, "month"), false, false}});
}

ir::RelationPtr union_of(SetKind kind) {
  const auto left = pick(orders(), {"customer"});
  const auto right = pick(customers(), {"customer"});
  return ir::set_operation(kind, {left, right}, {{id("customer"), ir::Type::of(K::text), true}});
}

ir::RelationPtr values() {
  const ir::Type price = ir::Type::decimal(6, 2);
  return ir::values(
      {{id("code"), ir::Type::of(K::text), false}, {id("rate"), price, true}, {id("since"), ir::Type::of(K::date), true}},
      {{ir::text("it's \\ \"x\""), ir::literal(ir::DecimalText{"1.50"}, price), ir::literal(ir::DateValue{0}, ir::Type::of(K::date))},
       {ir::text("b"), ir::null_literal(price), ir::null_literal(ir::Type::of(K::date))}});
}

ir::RelationPtr common_twice() {
  const auto input = big_orders();
  const auto shared = ir::common(id("big_orders"), pick(input, {"order_id", "customer", "amount"}));
  const auto joined =
      ir::join(JoinKind::inner, shared, shared, ir::call(F::less, {of(shared, 0), ir::column(3, ir::Type::of(K::int64), false)}));
  return ir::project(joined, {{id("left_id"), of(joined, 0)}, {id("right_id"), ir::column(3, ir::Type::of(K::int64), false)}});
}

ir::ExpressionPtr subquery(ir::Subquery::Kind kind, ir::RelationPtr relation, ir::ExpressionPtr operand, ir::Type type) {
  return std::make_shared<const ir::Expression>(
      ir::Expression{ir::Subquery{kind, std::move(relation), std::move(operand)}, std::move(type), true});
}

ir::RelationPtr with_subqueries() {
  const auto outer = orders();
  const auto inner = customers();
  const auto same = ir::filter(inner, ir::call(F::equal, {of(inner, 0), ir::column(1, ir::Type::of(K::text), true, 1)}));
  const auto exists = subquery(ir::Subquery::Kind::exists, same, nullptr, ir::Type::of(K::boolean));
  const auto other = orders();
  const auto largest = ir::aggregate(other, {}, {{id("largest"), [&] {
                                                    ir::AggregateCall call;
                                                    call.function = F::maximum;
                                                    call.arguments = {named(other, "amount")};
                                                    call.type = ir::Type::decimal(12, 2);
                                                    return call;
                                                  }()}});
  const auto scalar = subquery(ir::Subquery::Kind::scalar, largest, nullptr, ir::Type::decimal(12, 2));
  const auto ids = subquery(ir::Subquery::Kind::in, pick(big_orders(), {"order_id"}), of(outer, 0), ir::Type::of(K::boolean));
  const auto kept =
      ir::filter(outer, ir::all_of({exists, ir::call(F::logical_not, {ids}), ir::call(F::less, {named(outer, "amount"), scalar})}));
  return pick(kept, {"order_id", "amount"});
}

ir::RelationPtr computed_twice() {
  const auto input = orders();
  const auto tax = ir::project(
      input,
      {{id("order_id"), of(input, 0)},
       {id("gross"), ir::call(F::multiply, {named(input, "amount"), ir::literal(ir::DecimalText{"1.19"}, ir::Type::decimal(3, 2))})}});
  const auto text =
      ir::project(tax, {{id("order_id"), of(tax, 0)},
                        {id("label"), ir::call(F::concat_operator, {ir::text("#"), ir::cast(of(tax, 1), ir::Type::of(K::text))})},
                        {id("rounded"), ir::call(F::round, {of(tax, 1), ir::integer(1)})}});
  return ir::filter(text, ir::call(F::is_not_null, {of(text, 2)}));
}

ir::RelationPtr pivot() {
  const auto input = join_on_customer(JoinKind::left, orders(), customers());
  std::vector<ir::Aggregate::NamedCall> calls;
  for (const char* state : {"CA", "NY", "TX"}) {
    ir::AggregateCall call;
    call.function = F::sum;
    call.arguments = {named(input, "amount")};
    call.filter = ir::call(F::equal, {named(input, "state"), ir::text(state)});
    call.type = ir::Type::decimal(38, 2);
    calls.push_back({id(std::string("total_") + state), call});
  }
  return ir::aggregate(input, {{id("placed_on"), named(input, "placed_on")}}, std::move(calls));
}

ir::RelationPtr boolean_values() {
  const auto input = wide_table();
  const auto cheap = ir::call(F::less, {wide("price"), ir::integer(10)});
  const auto in_list = std::make_shared<const ir::Expression>(
      ir::Expression{ir::InList{wide("name"), {ir::text("a"), ir::text("b ")}}, ir::Type::of(K::boolean), true});
  const auto projected =
      ir::project(input, {{id("cheap"), cheap}, {id("flag"), wide("flag")}, {id("known"), in_list}, {id("yes"), ir::boolean(true)}});
  return ir::filter(projected, ir::any_of({of(projected, 1),
                                           ir::call(F::logical_and, {of(projected, 0), ir::call(F::logical_not, {of(projected, 1)})})}));
}

ir::RelationPtr precedence() {
  const auto a = wide("number");
  const auto b = wide("other_number");
  const auto product = ir::call(F::multiply, {ir::call(F::add, {a, b}), ir::call(F::negate, {ir::integer(-3)})});
  const auto difference = ir::call(F::subtract, {a, ir::call(F::subtract, {b, a})});
  const auto logic =
      ir::call(F::logical_or,
               {ir::call(F::logical_and, {wide("flag"), wide("other_flag")}),
                ir::call(F::logical_not, {ir::call(F::logical_or, {wide("flag"), ir::call(F::is_null, {ir::call(F::equal, {a, b})})})})});
  return ir::project(wide_table(), {{id("product"), product},
                                    {id("difference"), difference},
                                    {id("logic"), logic},
                                    {id("wide_literal"), ir::literal(std::int64_t{5}, ir::Type::of(K::int64))},
                                    {id("null_text"), ir::null_literal(ir::Type::of(K::text))}});
}

// A key that is the same for every row means nothing, and as a number it would be the place of a column.
ir::RelationPtr with_constant_column() {
  const auto input = orders();
  return ir::project(input, {{id("amount"), of(input, 3)}, {id("k"), ir::integer(1)}, {id("t"), ir::text("x")}, {id("id"), of(input, 0)}});
}

ir::RelationPtr constant_keys_of_windows() {
  const auto rows = with_constant_column();
  const auto calls = [&](std::vector<ir::SortKey> order) {
    ir::WindowCall ranked;
    ranked.function = F::rank;
    ranked.partition_by = {of(rows, 1), of(rows, 2)};
    ranked.order_by = order;
    ranked.type = ir::Type::of(K::int64);
    ir::WindowCall running = ranked;
    running.function = F::count;
    running.arguments = {of(rows, 0)};
    running.frame = ir::WindowFrame{};
    ir::WindowCall trailing = running;
    using Frame = ir::WindowFrame;
    trailing.frame = Frame{Frame::Unit::rows, Frame::Bound::preceding, Frame::Bound::current_row, 1, 0};
    return std::vector<ir::Window::NamedCall>{{id("place"), ranked}, {id("running"), running}, {id("trailing"), trailing}};
  };
  const auto all = ir::window(rows, calls({{of(rows, 1), false, false}, {of(rows, 2), true, false}}));
  auto some = calls({{of(rows, 1), false, false}, {of(rows, 3), true, false}});
  for (ir::Window::NamedCall& one : some) one.name = id(one.name.text() + "_by_id");
  return ir::window(all, std::move(some));
}

ir::RelationPtr joined_by_constant() {
  const auto rows = with_constant_column();
  ir::AggregateCall joined;
  joined.function = F::string_agg;
  joined.arguments = {of(rows, 2), ir::text(",")};
  joined.order_by = {{of(rows, 1), false, false}};
  joined.type = ir::Type::of(K::text);
  return ir::aggregate(rows, {{id("amount"), of(rows, 0)}}, {{id("joined"), joined}});
}

// Where parameters stood in native SQL there are the values of the run.
ir::RelationPtr native_with_values() {
  const ir::Type price = ir::Type::decimal(6, 2);
  const auto moment = [](K kind) { return ir::literal(ir::TimestampValue{981173106500000}, ir::Type::of(kind)); };
  ir::Native native;
  native.columns = {{id("a"), ir::Type::of(K::int64), true}, {id("b"), ir::Type::of(K::text), true}};
  native.texts = {
      "select a, b from raw.t where a -", " > ", " and b <> ", " and ", " < ", " and ", " <> ", " and ", " <= ", " and ", " = ", " -- :a"};
  native.values = {ir::literal(std::int64_t{-5}, ir::Type::of(K::int64)),
                   ir::literal(ir::DecimalText{"-1.50"}, price),
                   ir::text("it's :b \\"),
                   ir::literal(ir::DateValue{11356}, ir::Type::of(K::date)),
                   ir::literal(ir::DateValue{11357}, ir::Type::of(K::date)),
                   moment(K::timestamp),
                   ir::null_literal(ir::Type::of(K::timestamp)),
                   moment(K::timestamptz),
                   moment(K::timestamptz),
                   ir::literal(-2.5, ir::Type::of(K::float64)),
                   ir::literal(1e100, ir::Type::of(K::float64))};
  return ir::native(std::move(native));
}

ir::Columns without_json(ir::Columns columns) {
  std::erase_if(columns.edit(), [](const ir::Column& one) { return one.type.kind == K::json; });
  return columns;
}

// So many times an interval after a moment.
ir::RelationPtr later_by_number() {
  const ir::ExpressionPtr interval = ir::literal(ir::IntervalValue{1, -2, 3'500'000}, ir::Type::of(ir::TypeKind::interval));
  const auto product = ir::call(F::multiply, {interval, ir::call(F::add, {of(orders(), 0), ir::integer(1)})});
  const ir::ExpressionPtr placed = ir::cast(of(orders(), 2), ir::Type::of(ir::TypeKind::timestamp));
  return ir::project(orders(), {{id("later"), ir::call(F::add_interval, {placed, product})}});
}

}  // namespace

std::vector<StatementCase> relation_cases() {
  std::vector<StatementCase> cases;
  const auto add = [&](const char* name, ir::RelationPtr query) { cases.push_back({name, ir::SelectStatement{std::move(query)}}); };
  add("scan", orders());
  add("project", pick(orders(), {"order_id", "amount"}));
  add("filter", big_orders());
  add("filter_project_filter", computed_twice());
  add("join_inner", join_on_customer(JoinKind::inner, big_orders(), customers()));
  add("join_left", join_on_customer(JoinKind::left, orders(), customers()));
  add("many_intervals", later_by_number());
  add("join_left_of_filtered",
      join_on_customer(JoinKind::left, orders(), ir::filter(customers(), ir::call(F::is_not_null, {of(customers(), 1)}))));
  add("join_right", join_on_customer(JoinKind::right, big_orders(), customers()));
  add("join_full", join_on_customer(JoinKind::full, orders(), customers()));
  add("join_full_on_inequality", join_on_customer(JoinKind::full, orders(), customers(), F::less));
  add("join_cross", ir::join(JoinKind::cross, orders(), customers(), nullptr));
  add("join_semi", join_on_customer(JoinKind::semi, orders(), customers()));
  add("join_anti", join_on_customer(JoinKind::anti, orders(), ir::filter(customers(), ir::call(F::is_not_null, {of(customers(), 1)}))));
  add("join_of_grouped", join_on_customer(JoinKind::left, orders(), by_customer(orders())));
  add("aggregate", by_customer(orders()));
  add("aggregate_without_keys", ir::aggregate(orders(), {}, {rows(), total(orders())}));
  add("aggregate_unread", ir::project(ir::aggregate(orders(), {}, {rows()}), {{id("one"), ir::integer(1)}}));
  add("aggregate_by_expression", by_month());
  add("aggregate_by_constant", ir::aggregate(orders(), {{id("one"), ir::integer(1)}}, {rows()}));
  add("aggregate_of_aggregate",
      ir::aggregate(by_customer(orders()), {{id("orders"), of(by_customer(orders()), 1)}}, {{id("customers"), rows().call}}));
  add("window", ranked());
  add("window_filter", top_three());
  add("window_of_window", ir::window(ranked(), {place({}, {{named(ranked(), "place"), true, false}})}));
  add("distinct", ir::distinct(pick(orders(), {"customer", "placed_on"})));
  add("distinct_filter_sort_limit",
      ir::limit(ir::sort(ir::distinct(pick(orders(), {"customer"})), {{ir::column(0, ir::Type::of(K::text), true), true, true}}), 5));
  add("sort_limit", ir::limit(ir::sort(orders(), {{of(orders(), 3), true, false}, {of(orders(), 0), false, false}}), 10));
  add("sort_by_constant", ir::limit(ir::sort(with_constant_column(), {{of(with_constant_column(), 1), true, false}}), 10));
  add("sort_by_constant_and_column", ir::limit(ir::sort(with_constant_column(), {{of(with_constant_column(), 2), false, false},
                                                                                 {of(with_constant_column(), 3), false, false}}),
                                               10));
  add("window_by_constant", constant_keys_of_windows());
  add("aggregate_by_constant_column",
      ir::aggregate(with_constant_column(), {{id("k"), of(with_constant_column(), 1)}, {id("t"), of(with_constant_column(), 2)}},
                    {rows()}));
  add("aggregate_ordered_by_constant", joined_by_constant());
  add("limit_offset", ir::limit(ir::sort(orders(), {{of(orders(), 0), false, false}}), 10, 20));
  add("limit_filter",
      ir::filter(ir::limit(ir::sort(orders(), {{of(orders(), 0), false, false}}), 10), ir::call(F::is_not_null, {of(orders(), 1)})));
  add("union_all", union_of(SetKind::union_all));
  add("union_distinct", union_of(SetKind::union_distinct));
  add("intersect_distinct", union_of(SetKind::intersect_distinct));
  add("intersect_all", union_of(SetKind::intersect_all));
  add("except_distinct", union_of(SetKind::except_distinct));
  add("except_all", union_of(SetKind::except_all));
  add("union_filter", ir::filter(union_of(SetKind::union_all), ir::call(F::is_not_null, {ir::column(0, ir::Type::of(K::text), true)})));
  add("union_of_limited",
      ir::set_operation(SetKind::union_all,
                        {ir::limit(ir::sort(pick(orders(), {"customer"}), {{ir::column(0, ir::Type::of(K::text), true), false, false}}), 3),
                         pick(customers(), {"customer"})},
                        {{id("customer"), ir::Type::of(K::text), true}}));
  add("values", values());
  add("values_join", ir::join(JoinKind::inner, customers(), values(),
                              ir::call(F::equal, {of(customers(), 0), ir::column(2, ir::Type::of(K::text), false)})));
  add("one_row", ir::project(ir::values({}, {{}}), {{id("answer"), ir::integer(42)}}));
  add("common_twice", common_twice());
  add("subqueries", with_subqueries());
  add("pivot", pivot());
  add("boolean_values", boolean_values());
  add("precedence", precedence());
  add("native_with_values", native_with_values());
  add("native", ir::filter(ir::native("select a, b from raw.t -- the end",
                                      {{id("a"), ir::Type::of(K::int64), true}, {id("b"), ir::Type::of(K::text), true}}, {}),
                           ir::call(F::is_not_null, {ir::column(0, ir::Type::of(K::int64), true)})));
  return cases;
}

std::vector<StatementCase> statement_cases() {
  const TableName target{{}, id("mart"), id("totals")};
  const TableName staged{{}, id("mart"), id("totals__staged")};
  const ir::Columns columns{{id("customer"), ir::Type::of(K::text), false},
                            {id("orders"), ir::Type::of(K::int64), true},
                            {id("total"), ir::Type::decimal(38, 2), true}};
  const auto staged_rows = ir::scan(staged, columns);
  const auto at = [&](int index) { return ir::column(index, columns[static_cast<std::size_t>(index % 3)].type, index % 3 != 0); };
  const auto on = ir::call(F::is_not_distinct_from, {at(0), at(3)});
  using Clause = ir::Merge::Clause;
  const Clause update{Clause::Match::matched,
                      Clause::Action::update,
                      ir::call(F::is_distinct_from, {at(2), at(5)}),
                      {{id("orders"), at(4)}, {id("total"), at(5)}}};
  const Clause insert{Clause::Match::not_matched_by_target,
                      Clause::Action::insert,
                      nullptr,
                      {{id("customer"), at(3)}, {id("orders"), at(4)}, {id("total"), at(5)}}};
  const Clause remove{Clause::Match::not_matched_by_source, Clause::Action::remove, nullptr, {}};
  const auto matched = ir::filter(staged_rows, ir::call(F::equal, {at(0), ir::column(0, columns[0].type, false, 1)}));
  const auto in_staged = subquery(ir::Subquery::Kind::exists, matched, nullptr, ir::Type::of(K::boolean));
  std::vector<Identifier> names{id("customer"), id("orders"), id("total")};
  return {
      {"select", ir::SelectStatement{top_three()}},
      {"create_table", ir::CreateTable{target, without_json(wide_columns()), {}, false}},
      {"create_table_with_json", ir::CreateTable{target, wide_columns(), {}, false}},
      {"create_table_as_with_json", ir::CreateTableAs{target, pick(wide_table(), {"id", "document"}), false, false}},
      {"create_table_if_not_exists", ir::CreateTable{target, columns, {id("customer")}, true}},
      {"create_table_as", ir::CreateTableAs{target, top_three(), false, false}},
      {"create_table_as_or_replace", ir::CreateTableAs{target, by_customer(orders()), true, false}},
      {"create_table_as_if_not_exists", ir::CreateTableAs{target, by_customer(orders()), false, true}},
      {"create_view", ir::CreateView{target, by_customer(orders())}},
      {"drop_table", ir::DropTable{target, true}},
      {"drop_view", ir::DropView{target, true}},
      {"rename_table", ir::RenameTable{staged, id("totals")}},
      {"add_column", ir::AddColumn{target, {id("note"), ir::Type::of(K::text), true}, false}},
      {"add_column_if_not_exists", ir::AddColumn{target, {id("note"), ir::Type::of(K::text), true}, true}},
      {"alter_column_type", ir::AlterColumnType{target, {id("orders"), ir::Type::of(K::int64), true}}},
      {"drop_column", ir::DropColumn{target, id("orders"), true}},
      {"insert_select", ir::InsertSelect{target, names, staged_rows}},
      {"insert_select_of_query", ir::InsertSelect{target, names, pick(top_three(), {"customer", "orders", "total"})}},
      {"delete_all", ir::DeleteRows{target, columns, nullptr}},
      {"delete_where", ir::DeleteRows{target, columns, ir::call(F::less, {at(1), ir::integer(1)})}},
      {"delete_exists", ir::DeleteRows{target, columns, in_staged}},
      {"merge", ir::Merge{target, columns, staged_rows, on, {update, insert}}},
      {"merge_of_query",
       ir::Merge{target, columns, pick(by_customer(orders()), {"customer", "orders", "total"}), ir::boolean(false), {insert}}},
      {"merge_by_source", ir::Merge{target, columns, staged_rows, on, {update, insert, remove}}},
  };
}

}  // namespace penstock::golden
