#include "tests/unit/sql/fixture.h"

namespace penstock::sql {

TestTables::TestTables() {
  // A type with ! is NOT NULL.
  add("flights", {{"date", "timestamp!"}, {"delay", "int16"}, {"distance", "int32!"}, {"origin", "text!"}, {"destination", "text!"}});
  add("airports",
      {{"iata", "text!"}, {"name", "text"}, {"city", "varchar(40)"}, {"state", "text"}, {"latitude", "float64"}, {"opened", "date"}});
  add("orders", {{"id", "int64!"},
                 {"customer", "int32"},
                 {"price", "decimal(12,2)"},
                 {"quantity", "int32"},
                 {"paid", "boolean"},
                 {"placed_at", "timestamptz!"},
                 {"placed_on", "date!"},
                 {"details", "json"}});
  add("customers", {{"id", "int32!"}, {"name", "text"}, {"country", "text!"}});
  add("anything", {}, true);
}

void TestTables::add(const char* name, std::initializer_list<std::pair<const char*, const char*>> columns, bool open, bool trimmed) {
  ir::Columns list;
  for (const auto& [column, type] : columns) {
    std::string written = type;
    const bool required = written.back() == '!';
    if (required) written.pop_back();
    const ir::Type parsed = ir::parse_type(written).value();
    list.push_back({Identifier::exact(column), parsed, !required, trimmed && parsed.is_text()});
  }
  const Identifier identifier = Identifier::exact(name);
  inputs_[name] = {identifier, ir::scan({{}, Identifier::exact("raw"), identifier}, std::move(list)), open};
}

const components::Input* TestTables::find(std::string_view name) const {
  const auto found = inputs_.find(name);
  return found == inputs_.end() ? nullptr : &found->second;
}

std::vector<std::string> TestTables::names() const {
  std::vector<std::string> names;
  for (const auto& [name, input] : inputs_) names.push_back(name);
  return names;
}

model::Node block(const std::string& text) {
  model::Node node;
  node.kind = model::Node::Kind::scalar;
  node.quoted = true;
  node.block = true;
  node.where = {0, 1, 1, 1};
  node.text = text;
  return node;
}

Parameters test_parameters() {
  return {{"interval_start", ir::Type::of(ir::TypeKind::timestamp)},
          {"interval_end", ir::Type::of(ir::TypeKind::timestamp)},
          {"run_id", ir::Type::of(ir::TypeKind::text)},
          {"least", ir::Type::of(ir::TypeKind::int32)}};
}

std::string shown(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& one : diagnostics.sorted()) {
    text += std::to_string(one.where.line) + ":" + std::to_string(one.where.column) + "+" + std::to_string(one.where.length) + " " +
            to_string(one.code) + (one.severity == Severity::warning ? " warning" : "") + " " + one.message;
    if (!one.suggestion.empty()) text += " | " + one.suggestion;
    if (!one.help.empty()) text += " | " + one.help;
    text += "\n";
  }
  return text;
}

Parsed parse(const std::string& text, const Tables& tables) {
  Diagnostics diagnostics;
  Parsed parsed;
  parsed.relation = parse_query(block(text), tables, test_parameters(), diagnostics);
  if (parsed.relation) parsed.described = ir::describe(*parsed.relation);
  parsed.diagnostics = shown(diagnostics);
  return parsed;
}

Parsed parse(const std::string& text) { return parse(text, TestTables()); }

}  // namespace penstock::sql
