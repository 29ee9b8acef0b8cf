#include "connectors/postgres/catalog.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "connectors/postgres/backend.h"

namespace penstock::postgres {

namespace {

using Tables = std::set<std::pair<std::string, std::string>>;

void add_tables(const nlohmann::json& node, Tables& tables) {
  if (node.contains("Relation Name") && node.value("Node Type", "") != "ModifyTable") {
    tables.emplace(node.value("Schema", ""), node.value("Relation Name", ""));
  }
  for (const auto& child : node.value("Plans", nlohmann::json::array())) add_tables(child, tables);
}

}  // namespace

Result<connectors::TableDescription> describe(Wire& wire, const std::string& catalog, const std::string& schema, const std::string& name) {
  const auto rows = wire.ask(
      "select c.relkind, a.attname, format_type(a.atttypid, a.atttypmod), not a.attnotnull,"
      " case when c.relkind = 'v' and c.reloptions is not null then format('alter view %I.%I set (%s)', n.nspname, c.relname,"
      " (select string_agg(format('%I = %L', split_part(o, '=', 1), substr(o, strpos(o, '=') + 1)), ', ') from unnest(c.reloptions) o)) end"
      " from pg_class c join pg_namespace n on n.oid = c.relnamespace"
      " left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped"
      " where c.relname = $1 and n.nspname = coalesce(nullif($2, ''), current_schema()) and c.relkind in ('r', 'p', 'f', 'v', 'm')"
      " and ($3 = '' or $3 = current_database()) order by a.attnum",
      {name, schema, catalog});
  if (!rows) return fail(rows.error());
  connectors::TableDescription table;
  if (rows->empty()) return table;
  const std::string kind = rows->front()[0].value_or("");
  table.kind = kind == "v" || kind == "m" ? connectors::TableDescription::Kind::view : connectors::TableDescription::Kind::table;
  if (rows->front()[4]) table.options.push_back(*rows->front()[4]);
  for (const connectors::Row& row : *rows) {
    if (row[1]) table.columns.push_back({*row[1], row[2].value_or(""), row[3] == "t"});
  }
  return table;
}

Result<std::vector<connectors::Trace>> traces(Wire& wire, const std::vector<std::string>& prefixes) {
  using connectors::Trace;
  const auto tables = wire.ask(
      "select c.relkind, current_database(), n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
      " where c.relkind in ('r', 'p', 'v') and exists (select from json_array_elements_text($1::json) p where starts_with(c.relname, p))"
      " order by n.nspname, c.relname",
      {nlohmann::json(prefixes).dump()});
  if (!tables) return fail(tables.error());
  const std::string shown = application_name("");
  const auto sessions = wire.ask(
      "select pid, (extract(epoch from backend_start) * 1000000)::bigint, substr(application_name, length($1) + 1) from pg_stat_activity"
      " where starts_with(application_name, $1) and state <> 'idle' and datname = current_database() order by pid",
      {shown});
  if (!sessions) return fail(sessions.error());
  std::vector<Trace> traces;
  for (const connectors::Row& row : *tables) {
    const Trace::Kind kind = row[0] == "v" ? Trace::Kind::view : Trace::Kind::table;
    traces.push_back({kind, row[1].value_or(""), row[2].value_or(""), row[3].value_or(""), {}, {}});
  }
  for (const connectors::Row& row : *sessions) {
    Trace& trace = traces.emplace_back();
    trace.kind = Trace::Kind::session;
    trace.name = row[0].value_or("");
    trace.token = row[2].value_or("");
    trace.handle = to_handle({{std::atoi(trace.name.c_str()), row[1].value_or("")}, trace.token});
  }
  return traces;
}

Result<connectors::Connector::Estimate> estimate(Wire& wire, const std::string& statement) {
  const auto plan = wire.ask("EXPLAIN (VERBOSE, FORMAT JSON) " + statement);
  if (!plan) return fail(plan.error());
  connectors::Connector::Estimate estimate;
  const nlohmann::json json = plan->empty() ? nlohmann::json() : nlohmann::json::parse(plan->front()[0].value_or(""), nullptr, false);
  if (!json.is_array()) return estimate;
  Tables tables;
  for (const auto& query : json) add_tables(query.value("Plan", nlohmann::json::object()), tables);
  for (const auto& [schema, name] : tables) {
    const auto size = wire.ask(
        "select greatest(c.reltuples, 0)::bigint, pg_table_size(c.oid) from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = $1 and c.relname = $2",
        {schema, name});
    if (!size) return fail(size.error());
    if (size->empty()) continue;
    estimate.rows = estimate.rows.value_or(0) + std::atoll(size->front()[0].value_or("0").c_str());
    estimate.bytes = estimate.bytes.value_or(0) + std::atoll(size->front()[1].value_or("0").c_str());
  }
  return estimate;
}

}  // namespace penstock::postgres
