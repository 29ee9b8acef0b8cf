#include <utility>

#include "pipelines/publish/layout.h"

namespace penstock::publish {
namespace {

constexpr std::uint32_t kTokenLength = 64;

}  // namespace

TableName ledger_table(const TableName& target) { return {target.catalog, target.schema, Identifier::exact("penstock_ledger")}; }

ir::CreateTable create_ledger(const TableName& target, const dialects::Capabilities& capabilities) {
  const auto text = ir::Type::of(ir::TypeKind::text);
  ir::CreateTable create;
  create.table = ledger_table(target);
  create.columns = {{Identifier::exact("token"), ir::Type::varchar(kTokenLength), false},
                    {Identifier::exact("run_id"), text, true},
                    {Identifier::exact("step"), text, true},
                    {Identifier::exact("rows"), ir::Type::of(ir::TypeKind::int64), true}};
  if (capabilities.enforced_primary_key) create.primary_key = {Identifier::exact("token")};
  create.if_not_exists = true;
  return create;
}

ir::InsertSelect ledger_row(const StepInput& input, const dialects::Capabilities& can, const ir::RelationPtr& rows) {
  const ir::CreateTable ledger = create_ledger(input.target, can);
  ir::InsertSelect insert{ledger.table, {}, nullptr};
  for (const ir::Column& column : ledger.columns) insert.columns.push_back(column.name);
  const std::vector<ir::ExpressionPtr> names{ir::text(ledger_token_of(input)), ir::text(input.run_id), ir::text(input.step)};
  if (!rows) {
    std::vector<ir::ExpressionPtr> row = names;
    row.push_back(ir::null_literal(ledger.columns.back().type));
    insert.query = ir::values(ledger.columns, {std::move(row)});
    return insert;
  }
  ir::AggregateCall count;
  count.function = ir::Function::count_rows;
  count.type = ir::Type::of(ir::TypeKind::int64);
  count.nullable = false;
  const ir::RelationPtr counted = ir::aggregate(rows, {}, {{Identifier::exact("rows"), std::move(count)}});
  std::vector<ir::NamedExpression> columns;
  for (std::size_t i = 0; i < names.size(); ++i) columns.push_back({ledger.columns[i].name, names[i]});
  columns.push_back({ledger.columns.back().name, ir::column_of(*counted, 0)});
  insert.query = ir::project(counted, std::move(columns));
  return insert;
}

std::vector<ir::Statement> replace_writer_row(const StepInput& input, const dialects::Capabilities& can) {
  const ir::CreateTable ledger = create_ledger(input.target, can);
  const ir::ExpressionPtr token = ir::text(writer_token_of(input.target));
  const ir::Column& first = ledger.columns[0];
  ir::DeleteRows remove{ledger.table, ledger.columns, ir::call(ir::Function::equal, {ir::column(0, first.type, first.nullable), token})};
  ir::InsertSelect insert{ledger.table, {}, nullptr};
  for (const ir::Column& column : ledger.columns) insert.columns.push_back(column.name);
  insert.query =
      ir::values(ledger.columns, {{token, ir::text(input.run_id), ir::text(input.step), ir::null_literal(ledger.columns.back().type)}});
  return {std::move(remove), std::move(insert)};
}

ir::DeleteRows shorten_ledger(const TableName& target, const std::string& first_kept_run, const dialects::Capabilities& capabilities) {
  const ir::CreateTable ledger = create_ledger(target, capabilities);
  const ir::Column& run = ledger.columns[1];
  const ir::Column& step = ledger.columns[2];
  const auto column = [](int place, const ir::Column& of, int depth) { return ir::column(place, of.type, of.nullable, depth); };
  const ir::RelationPtr kept = ir::scan(ledger.table, ledger.columns, Identifier::exact("kept"));
  const ir::ExpressionPtr first = ir::text(first_kept_run);
  std::vector<ir::ExpressionPtr> is_newer{ir::call(ir::Function::greater_equal, {column(1, run, 0), first}),
                                          ir::call(ir::Function::equal, {column(2, step, 0), column(2, step, 1)})};
  ir::Subquery exists{ir::Subquery::Kind::exists, ir::filter(kept, ir::all_of(std::move(is_newer))), nullptr};
  std::vector<ir::ExpressionPtr> is_old{
      ir::call(ir::Function::less, {column(1, run, 0), first}),
      std::make_shared<const ir::Expression>(ir::Expression{std::move(exists), ir::Type::of(ir::TypeKind::boolean), false})};
  return {ledger.table, ledger.columns, ir::all_of(std::move(is_old))};
}

}  // namespace penstock::publish
