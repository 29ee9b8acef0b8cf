#include "daemon/run/source_columns.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>

#include "pipelines/compiler/placement.h"
#include "pipelines/dialects/dialect.h"
#include "pipelines/yaml/parse.h"

namespace penstock::run {
namespace {

TableName table_of(const std::string& text) {
  std::vector<Identifier> parts;
  std::size_t start = 0;
  while (start <= text.size()) {
    const std::size_t dot = std::min(text.find('.', start), text.size());
    parts.push_back(Identifier::exact(text.substr(start, dot - start)));
    start = dot + 1;
  }
  TableName table;
  if (!parts.empty()) table.name = parts.back();
  if (parts.size() > 1) table.schema = parts[parts.size() - 2];
  if (parts.size() > 2) table.catalog = parts[parts.size() - 3];
  return table;
}

bool is_made_here(const compiler::CompiledProject& project, const TableName& table) {
  return std::any_of(project.steps.begin(), project.steps.end(), [&](const compiler::CompiledStep& step) { return step.target == table; });
}

}  // namespace

compiler::SourceColumns parse_source_columns(std::uint32_t file, const std::string& text, Diagnostics& diagnostics) {
  compiler::SourceColumns tables;
  const std::optional<model::Node> root = yaml::parse(text, file, diagnostics);
  if (!root) return tables;
  for (const model::Node::Entry& table : root->entries) {
    ir::Columns columns;
    if (table.value.kind != model::Node::Kind::mapping) {
      diagnostics.error(Code::yaml_wrong_kind, table.value.where, "\"" + table.key + "\" has no columns", {},
                        "penstock sources pull writes this file anew");
      continue;
    }
    for (const model::Node::Entry& column : table.value.entries) {
      const bool required = column.value.text.size() > 9 && column.value.text.ends_with(" not null");
      const std::string type_text = required ? column.value.text.substr(0, column.value.text.size() - 9) : column.value.text;
      const std::optional<ir::Type> type = ir::parse_type(type_text);
      if (!type && type_text != "unknown") {
        diagnostics.error(Code::unknown_type, column.value.where, "\"" + type_text + "\" is no type", {},
                          "penstock sources pull writes this file anew");
      }
      columns.push_back(ir::Column{Identifier::exact(column.key), type.value_or(ir::Type{}), !required});
    }
    tables[table_of(table.key)] = std::move(columns);
  }
  return tables;
}

Result<void> save_source_columns(const std::string& root, const compiler::SourceColumns& columns) {
  const std::filesystem::path path = std::filesystem::path(root) / kSourceColumnsFile;
  const std::filesystem::path draft = path.string() + ".part";
  std::ofstream stream(draft);
  stream << "# Columns of source tables, as `penstock sources pull` read them from the target. Keep it under version control.\n";
  for (const auto& [table, list] : columns) {
    stream << '"' << to_string(table) << "\":\n";
    for (const ir::Column& column : list) {
      stream << "  \"" << column.name.text() << "\": " << (column.type.is_unknown() ? "unknown" : to_string(column.type))
             << (column.nullable ? "" : " not null") << '\n';
    }
  }
  stream.close();
  std::error_code failed;
  if (stream) std::filesystem::rename(draft, path, failed);
  if (!stream || failed) return fail(ErrorKind::storage, "cannot write " + path.string(), "is the folder writable, and is there room?");
  return {};
}

PulledSources pull_sources(const compiler::CompiledProject& project, const Connect& connect, Undeclared which) {
  PulledSources pulled;
  std::map<std::string, Result<std::unique_ptr<connectors::Connector>>> connectors;
  for (const model::Pipeline& pipeline : project.project->pipelines) {
    const model::Connection* connection = compiler::connection_of(*project.project, pipeline, project.environment);
    if (connection == nullptr) continue;
    const dialects::Dialect* dialect = dialects::find_dialect(connection->type.value);
    for (const model::Source& source : pipeline.sources) {
      const TableName table = compiler::qualified(source.table.value, *connection);
      const bool wanted = (!source.has_columns || which == Undeclared::and_declared) && !is_made_here(project, table);
      if (!wanted || dialect == nullptr || pulled.columns.contains(table)) continue;
      const auto [place, is_new] = connectors.try_emplace(connection->name, nullptr);
      if (is_new) place->second = connect(*connection);
      if (!place->second) {
        pulled.problems.emplace_back(to_string(table), place->second.error());
        continue;
      }
      const auto description = (*place->second)->describe(table.catalog.text(), table.schema.text(), table.name.text());
      if (!description) {
        pulled.problems.emplace_back(to_string(table), description.error());
        // Each further question would wait for its deadline.
        if (description.error().kind == ErrorKind::unavailable) place->second = tl::unexpected(description.error());
      } else if (description->kind == connectors::TableDescription::Kind::absent) {
        pulled.problems.emplace_back(to_string(table), Error{ErrorKind::not_found,
                                                             "there is no such table on connection \"" + connection->name + "\"",
                                                             "is its schema right?",
                                                             {},
                                                             {},
                                                             -1});
      } else {
        ir::Columns& columns = pulled.columns[table];
        for (const auto& column : description->columns) {
          columns.push_back(ir::Column{Identifier::exact(column.name), dialect->read_type(column.type), column.nullable});
        }
      }
    }
  }
  return pulled;
}

}  // namespace penstock::run
