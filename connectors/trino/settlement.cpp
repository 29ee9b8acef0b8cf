#include "connectors/trino/settlement.h"

#include <cstdlib>

namespace penstock::trino {

namespace {

constexpr int kTableNotFound = 46;
constexpr int kSchemaNotFound = 45;
constexpr int kNotFound = 5;

}  // namespace

std::string literal(const std::string& text) {
  std::string quoted = "'";
  for (char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

std::string snapshots_of(const std::string& table) {
  bool in_quotes = false;
  std::size_t last = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (table[i] == '"') in_quotes = !in_quotes;
    if (table[i] == '.' && !in_quotes) last = i + 1;
  }
  std::string name = table.substr(last);
  if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  return table.substr(0, last) + "\"" + name + "$snapshots\"";
}

Result<Landed> has_landed(Client& client, const std::string& table, const std::string& query_id) {
  Landed landed;
  QueryError error;
  const auto rows = client.ask("select operation, element_at(summary, 'added-records') from " + snapshots_of(table) +
                                   " where element_at(summary, 'trino_query_id') = " + literal(query_id),
                               &error);
  if (rows) {
    landed.answer = rows->empty() ? Landed::Answer::no : Landed::Answer::yes;
    if (!rows->empty() && rows->front()[0] == "append" && rows->front()[1]) landed.rows = std::atoll(rows->front()[1]->c_str());
    return landed;
  }
  if (error.code != kTableNotFound && error.code != kSchemaNotFound && error.code != kNotFound) return fail(rows.error());
  // Either there is no table, so nothing landed in it, or it is one without a history.
  const auto table_exists = client.ask("select 1 from " + table + " where false", &error);
  if (table_exists) return landed;
  if (error.code == kTableNotFound || error.code == kSchemaNotFound) {
    landed.answer = Landed::Answer::no;
    return landed;
  }
  return fail(table_exists.error());
}

}  // namespace penstock::trino
