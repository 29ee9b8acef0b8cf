#include <algorithm>
#include <array>

#include "pipelines/model/language.h"
#include "pipelines/yaml/check.h"
#include "pipelines/yaml/names.h"
#include "pipelines/yaml/reader.h"

namespace penstock::yaml {
namespace {

using model::Located;
using model::Node;
using model::Publish;
using model::Step;
using Kind = model::Node::Kind;

const Node::Entry* entry_of(const Node& node, std::string_view key) {
  for (const Node::Entry& entry : node.entries) {
    if (entry.key == key) return &entry;
  }
  return nullptr;
}

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

void report_conflict(const Node::Entry& entry, const Node::Entry& other, std::string help, const ReadContext& context) {
  context.diagnostics.add(Diagnostic{Code::conflicting_keys,
                                     Severity::error,
                                     entry.where,
                                     quoted(entry.key) + " cannot stand beside " + quoted(other.key),
                                     "",
                                     std::move(help),
                                     {{other.where, quoted(other.key) + " is here"}}});
}

std::vector<model::ComponentCall> read_calls(const Node& list, const ReadContext& context) {
  std::vector<model::ComponentCall> calls;
  for (const Node& item : list.items) {
    Node parameters;
    if (item.kind == Kind::scalar) {
      parameters.kind = Kind::mapping;
      parameters.where = item.where;
      calls.push_back({item.text, item.where, std::move(parameters)});
      continue;
    }
    if (item.entries.empty()) continue;
    const Node::Entry& call = item.entries.front();
    parameters = call.value;
    if (parameters.kind == Kind::null) parameters.kind = Kind::mapping;
    calls.push_back({call.key, call.where, std::move(parameters)});
  }
  // What is no component has been reported; a call of it would be reported once more.
  const auto is_known = [&](const model::ComponentCall& call) {
    const auto& known = context.vocabulary.components;
    return std::any_of(known.begin(), known.end(), [&](const model::TaggedSpec& tag) { return tag.object->name == call.component; });
  };
  calls.erase(std::remove_if(calls.begin(), calls.end(), [&](const auto& call) { return !is_known(call); }), calls.end());
  return calls;
}

// The keys that belong to one way of writing a step only.
void check_companions(const ObjectReader& step, const ReadContext& context) {
  struct Companion {
    std::string_view key;
    std::string_view of;
    std::string_view help;
  };
  constexpr std::array kCompanions = {
      Companion{"do", "from", "a chain begins with \"from\""},
      Companion{"columns", "native_sql", "the columns of a SELECT and of a chain are found by the compiler"},
      Companion{"reads", "native_sql", "what a SELECT and a chain read is found by the compiler"},
  };
  for (const Companion& companion : kCompanions) {
    const Node::Entry* entry = entry_of(step.node(), companion.key);
    if (entry == nullptr || entry_of(step.node(), companion.of) != nullptr) continue;
    for (const std::string_view body : {"sql", "native_sql", "from"}) {
      const Node::Entry* other = entry_of(step.node(), body);
      if (other != nullptr) report_conflict(*entry, *other, std::string(companion.help), context);
    }
  }
}

// Empty where no way, or more than one, is given.
std::optional<decltype(Step::body)> read_body(const ObjectReader& step, const ReadContext& context) {
  std::vector<const Node::Entry*> bodies;
  for (const Node::Entry& entry : step.node().entries) {
    if (entry.key == "sql" || entry.key == "native_sql" || entry.key == "from") bodies.push_back(&entry);
  }
  const Node* sql = step.scalar("sql");
  const Node* native_sql = step.scalar("native_sql");
  const std::optional<Located<std::string>> from = step.located("from");
  const Node* calls = step.get("do");
  const Node* columns = step.get("columns");
  std::vector<Located<std::string>> reads = step.located_list("reads");
  check_companions(step, context);
  for (std::size_t i = 1; i < bodies.size(); ++i) {
    report_conflict(*bodies[i], *bodies[0], "a step is written in one way: sql, native_sql, or from with do", context);
  }
  const auto is_meant_as = [&](std::string_view key) { return is_meant(step.node(), model::step_spec(), key); };
  if (bodies.empty() && !is_meant_as("sql") && !is_meant_as("from") && !is_meant_as("native_sql")) {
    const Node::Entry* chain = entry_of(step.node(), "do");
    const std::string name = step.text("name");
    const std::string wanted = chain != nullptr ? "\"from\"" : "\"sql\", \"from\" or \"native_sql\"";
    context.diagnostics.error(Code::missing_key, chain != nullptr ? chain->where : step.node().where,
                              (name.empty() ? "the step" : "step " + quoted(name)) + " has no " + wanted, "",
                              "a step is written as sql: select ..., as from: TABLE with do: [...], or as native_sql: select ...");
  }
  if (bodies.size() != 1) return std::nullopt;
  if (sql != nullptr) return model::SqlBody{*sql};
  if (from) {
    return model::ChainBody{*from, calls == nullptr ? std::vector<model::ComponentCall>() : read_calls(*calls, context)};
  }
  if (native_sql == nullptr) return std::nullopt;
  return model::NativeBody{*native_sql, columns == nullptr ? ir::Columns() : read_columns(*columns, context), std::move(reads)};
}

model::Retry read_retry(const Node& node, const ReadContext& context) {
  model::Retry retry;
  if (node.kind == Kind::scalar) {
    Node wrapper;
    wrapper.kind = Kind::mapping;
    wrapper.entries.push_back({"attempts", node.where, node});
    return read_retry(wrapper, context);
  }
  const ObjectReader reader(node, model::retry_spec(), context);
  retry.attempts = reader.count("attempts", 1).value_or(retry.attempts);
  retry.first_delay = reader.duration("first_delay").value_or(retry.first_delay);
  retry.longest_delay = reader.duration("longest_delay").value_or(std::max(retry.longest_delay, retry.first_delay));
  if (retry.longest_delay < retry.first_delay) {
    context.diagnostics.error(Code::invalid_value, reader.get("longest_delay")->where, "\"longest_delay\" is shorter than \"first_delay\"");
  }
  return retry;
}

}  // namespace

std::optional<Step> read_step(const Node& node, const ReadContext& context) {
  if (node.kind != Kind::mapping) return std::nullopt;
  const ObjectReader reader(node, model::step_spec(), context);
  Step step;
  const std::optional<Located<std::string>> name = reader.located("name");
  step.description = reader.text("description");
  std::optional<decltype(Step::body)> body = read_body(reader, context);
  if (const Node* publish = reader.get("publish")) step.publish = read_publish(*publish, context);
  if (const Node* layout = reader.get("layout"); layout != nullptr && layout->kind == Kind::mapping) {
    step.layout = read_layout(*layout, context);
    if (step.publish.mode == Publish::Mode::view) {
      context.diagnostics.error(Code::invalid_layout, layout->where, "a view has no rows of its own that could lie in any way", "",
                                "remove the layout, or publish a table");
    }
  }
  step.compute = reader.located("compute");
  if (const Node* checks = reader.get("checks")) step.checks = read_checks(*checks, context);
  step.after = reader.located_list("after");
  if (const Node* retry = reader.get("retry")) step.retry = read_retry(*retry, context);
  step.timeout = reader.duration("timeout");
  for (const Node* tag : reader.scalars("tags")) step.tags.push_back(tag->text);
  if (!name) return std::nullopt;
  step.name = name->value;
  step.where = name->where;
  if (!step.publish.where) step.publish.where = name->where;
  // The empty text tells the caller that the body could not be read.
  step.body = body ? std::move(*body) : model::SqlBody{};
  return step;
}

}  // namespace penstock::yaml
