#include <algorithm>

#include "pipelines/base/suggest.h"
#include "pipelines/model/language.h"
#include "pipelines/yaml/check.h"
#include "pipelines/yaml/reader.h"
#include "pipelines/yaml/secrets.h"

namespace penstock::yaml {
namespace {

using model::Located;
using model::Node;
using model::ObjectSpec;
using Kind = model::Node::Kind;

// "scheme://user:password@host", "...?password=x" or "host=h password=x": the password would be in the file.
bool holds_password(std::string_view text) {
  if (find_secret_parameter(text) != std::string_view::npos) return true;
  const std::size_t scheme = text.find("://");
  if (scheme == std::string_view::npos) return false;
  const std::string_view rest = text.substr(scheme + 3);
  const std::string_view authority = rest.substr(0, std::min(rest.find('/'), rest.size()));
  const std::size_t at = authority.rfind('@');
  const std::size_t colon = authority.find(':');
  return at != std::string_view::npos && colon != std::string_view::npos && colon + 1 < at;
}

void read_settings(const ObjectReader& reader, const ObjectSpec& own, model::Connection& connection, const ReadContext& context) {
  for (const model::KeySpec& key : own.keys) {
    if (model::find_key(model::connection_spec(), key.name) != nullptr) continue;
    const Node* value = reader.scalar(key.name);
    if (value == nullptr) continue;
    // A plain secret has been reported; it goes no further.
    if (key.shape == model::Shape::secret && !is_reference(value->text)) continue;
    if (key.shape != model::Shape::secret && holds_password(value->text)) {
      context.diagnostics.error(Code::plain_secret, value->where,
                                "\"" + std::string(key.name) + "\" of connection \"" + connection.name + "\" holds a password",
                                "refer to the whole value", "env:NAME (a variable), file:PATH (a file) or cmd:COMMAND (what it prints)");
      continue;
    }
    connection.settings.emplace(std::string(key.name), Located<std::string>{value->text, value->where});
  }
}

/// The settings under each name of `compute:`.
void read_compute(const ObjectReader& reader, model::Connection& connection, const ReadContext& context) {
  const ObjectSpec* spec = model::find_compute_spec(connection.type.value);
  const Node* computes = spec == nullptr ? nullptr : reader.get("compute");
  if (computes == nullptr || computes->kind != Kind::mapping) return;
  for (const Node::Entry& entry : computes->entries) {
    auto& settings = connection.compute[entry.key];
    if (entry.value.kind != Kind::mapping) continue;
    const ObjectReader own(entry.value, *spec, context);
    for (const model::KeySpec& key : spec->keys) {
      const Node* value = own.scalar(key.name);
      if (value == nullptr) continue;
      if (is_reference(value->text)) {
        context.diagnostics.error(Code::invalid_value, value->where, "\"" + std::string(key.name) + "\" of a compute is no secret", "",
                                  "write the value itself");
        continue;
      }
      settings.emplace(std::string(key.name), value->text);
    }
  }
}

void check_ways_in(const model::Connection& connection, const Node& node, const ReadContext& context) {
  if (connection.type.value == "postgres" && node.find("url") == nullptr && node.find("host") == nullptr &&
      !is_meant(node, *model::find_connection_type("postgres"), "host")) {
    context.diagnostics.error(Code::missing_key, node.where, "connection \"" + connection.name + "\" has neither \"host\" nor \"url\"", "",
                              "such as: host: db.example");
  }
  if (const Node* url = node.find("url"); url != nullptr && connection.type.value == "postgres") {
    for (const Node::Entry& entry : node.entries) {
      if (entry.key != "host" && entry.key != "port" && entry.key != "database") continue;
      context.diagnostics.add(Diagnostic{Code::conflicting_keys,
                                         Severity::error,
                                         entry.where,
                                         "\"" + entry.key + "\" cannot stand beside \"url\"",
                                         "",
                                         "the address is written in parts or as a whole",
                                         {{url->where, "\"url\" is here"}}});
    }
  }
}

model::Connection read_connection(const Node::Entry& entry, const ReadContext& context) {
  model::Connection connection;
  connection.name = entry.key;
  connection.where = entry.where;
  const ObjectReader reader(entry.value, model::connection_spec(), context);
  connection.type = reader.located("type").value_or(Located<std::string>{"", entry.where});
  connection.description = reader.text("description");
  connection.catalog = reader.text("catalog");
  connection.schema = reader.text("schema");
  connection.slots = reader.count("slots", 1).value_or(connection.slots);
  connection.read_only = reader.flag("read_only", connection.read_only);
  if (const ObjectSpec* own = model::find_connection_type(connection.type.value)) {
    read_settings(ObjectReader(entry.value, *own, context), *own, connection, context);
    read_compute(ObjectReader(entry.value, *own, context), connection, context);
    check_ways_in(connection, entry.value, context);
  }
  return connection;
}

}  // namespace

void read_project(const Node& root, model::Project& project, const ReadContext& context) {
  if (root.kind != Kind::mapping) return;
  const ObjectReader reader(root, model::project_spec(), context);
  project.name = reader.text("project");
  project.description = reader.text("description");
  if (const Node* connections = reader.get("connections")) {
    for (const Node::Entry& entry : connections->entries) {
      if (entry.value.kind == Kind::mapping) project.connections.push_back(read_connection(entry, context));
    }
  }
  std::vector<std::string> known;
  for (const model::Connection& connection : project.connections) known.push_back(connection.name);
  const Node* environments = reader.get("environments");
  if (environments == nullptr) return;
  for (const Node::Entry& entry : environments->entries) {
    model::Environment environment;
    environment.name = entry.key;
    environment.where = entry.where;
    if (entry.value.kind == Kind::scalar) {
      environment.target = {entry.value.text, entry.value.where};
    } else {
      const ObjectReader own(entry.value, model::environment_spec(), context);
      environment.target = own.located("target").value_or(Located<std::string>());
      environment.description = own.text("description");
    }
    report_unknown_connection(environment.target, known, context.diagnostics);
    project.environments.push_back(std::move(environment));
  }
}

void report_unknown_connection(const Located<std::string>& target, const std::vector<std::string>& known, Diagnostics& diagnostics) {
  if (!target.where || std::find(known.begin(), known.end(), target.value) != known.end()) return;
  diagnostics.error(Code::unknown_connection, target.where, "unknown connection \"" + target.value + "\"",
                    did_you_mean(target.value, known),
                    known.empty() ? "the project has no connections: add them to penstock.yaml" : "connections: " + joined(known));
}

}  // namespace penstock::yaml
