#include "pipelines/compiler/meaning.h"

#include <algorithm>

#include "pipelines/ir/describe.h"
#include "pipelines/ir/rewrite.h"

namespace penstock::compiler {
namespace {

class ParameterFinder final : public ir::Walker {
 public:
  std::vector<std::string> names;

 private:
  void enter_expression(const ir::Expression& expression) override {
    if (const auto* parameter = std::get_if<ir::ParameterRef>(&expression.node)) names.push_back(parameter->name);
  }
};

ContentHash hash_query(const CompiledStep& step) {
  ContentHasher hasher;
  hasher.add(ir::describe(*step.query));
  for (const model::ParameterSpec& parameter : step.pipeline->parameters) {
    if (!std::binary_search(step.parameters.begin(), step.parameters.end(), parameter.name)) continue;
    hasher.add(parameter.name)
        .add(to_string(parameter.type))
        .add(parameter.fallback ? ir::describe(*ir::literal(*parameter.fallback, parameter.type)) : "");
  }
  return hasher.finish();
}

ContentHash hash_publish(const CompiledStep& step) {
  const model::Publish& publish = step.step->publish;
  ContentHasher hasher;
  hasher.add(step.connection).add(to_string(step.target));
  hasher.add(static_cast<std::uint64_t>(publish.mode)).add(static_cast<std::uint64_t>(publish.on_schema_change));
  for (const auto& key : publish.key) hasher.add(key.value.text());
  hasher.add(publish.interval ? publish.interval->value.text() : "");
  hasher.add(publish.effective_at ? publish.effective_at->value.text() : "");
  hasher.add(publish.newest_by ? publish.newest_by->value.text() : "");
  for (const auto& column : publish.tracked) hasher.add(column.value.text());
  if (publish.deleted_when) hasher.add("deleted_when").add(publish.deleted_when->value.text());
  if (publish.on_missing == model::Publish::Missing::close) hasher.add("close");
  return hasher.finish();
}

ContentHash hash_checks(const CompiledStep& step) {
  ContentHasher hasher;
  for (const publish::CompiledCheck& check : step.checks) {
    hasher.add(check.name).add(static_cast<std::uint64_t>(check.severity)).add(ir::describe(*check.failing));
  }
  return hasher.finish();
}

ir::Value example_of(const ir::Type& type) {
  constexpr std::int64_t kMicrosecondsOf2000 = 946684800000000;
  constexpr std::int32_t kDaysTo2000 = 10957;
  switch (type.kind) {
    case ir::TypeKind::boolean:
      return true;
    case ir::TypeKind::int16:
    case ir::TypeKind::int32:
    case ir::TypeKind::int64:
      return std::int64_t{1};
    case ir::TypeKind::decimal:
      return ir::DecimalText{"1"};
    case ir::TypeKind::float32:
    case ir::TypeKind::float64:
      return 1.0;
    case ir::TypeKind::date:
      return ir::DateValue{kDaysTo2000};
    case ir::TypeKind::time:
      return ir::TimeValue{0};
    case ir::TypeKind::timestamp:
    case ir::TypeKind::timestamptz:
      return ir::TimestampValue{kMicrosecondsOf2000};
    case ir::TypeKind::interval:
      return ir::IntervalValue{0, 1, 0};
    default:
      return std::string("x");
  }
}

}  // namespace

std::vector<std::string> parameters_used(const ir::Relation& relation) {
  ParameterFinder finder;
  finder.walk(relation);
  std::sort(finder.names.begin(), finder.names.end());
  finder.names.erase(std::unique(finder.names.begin(), finder.names.end()), finder.names.end());
  return finder.names;
}

Meaning meaning_of(const CompiledStep& step) { return {hash_query(step), hash_publish(step), hash_checks(step)}; }

ir::ParameterValues example_values(const model::Pipeline& pipeline) {
  ir::ParameterValues values;
  const auto add = [&](const std::string& name, const ir::Type& type) {
    values.values[name] = ir::TypedValue{example_of(type), type};
    if (type.kind == ir::TypeKind::timestamp) values.instants[name] = std::get<ir::TimestampValue>(values.values[name].value);
  };
  add("interval_start", ir::Type::of(ir::TypeKind::timestamp));
  add("interval_end", ir::Type::of(ir::TypeKind::timestamp));
  add("run_id", ir::Type::of(ir::TypeKind::text));
  add("run_started_at", ir::Type::of(ir::TypeKind::timestamptz));
  for (const model::ParameterSpec& parameter : pipeline.parameters) add(parameter.name, parameter.type);
  return values;
}

}  // namespace penstock::compiler
