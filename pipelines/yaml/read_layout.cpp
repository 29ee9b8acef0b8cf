#include <algorithm>

#include "pipelines/model/language.h"
#include "pipelines/yaml/parse.h"
#include "pipelines/yaml/partition.h"
#include "pipelines/yaml/reader.h"

namespace penstock::yaml {
namespace {

using model::Node;
using model::TableLayout;
using Kind = model::Node::Kind;

constexpr std::string_view kNumber = "0123456789+-.eE";

bool is_word(const Node& node) { return node.text == "true" || node.text == "false"; }

// Numbers and booleans stand as they are in the target's SQL, so only what every target reads alike counts as one.
bool is_text(const Node& value) {
  if (value.quoted || !is_special(value.text)) return true;
  return !is_word(value) && value.text.find_first_not_of(kNumber) != std::string::npos;
}

void read_distribution(const ObjectReader& reader, TableLayout& layout) {
  const Node* value = reader.get("distribute");
  if (value == nullptr) return;
  if (value->kind == Kind::scalar && !value->quoted && (value->text == "even" || value->text == "all")) {
    layout.distribution = value->text == "even" ? ir::Distribution::even : ir::Distribution::all;
    return;
  }
  layout.distribute = reader.identifiers("distribute");
  if (!layout.distribute.empty()) layout.distribution = ir::Distribution::by_columns;
}

void read_partition_keys(const ObjectReader& reader, TableLayout& layout, const ReadContext& context) {
  for (const Node* value : reader.scalars("partition")) {
    PartitionText read = read_partition(value->text);
    if (!read.fault.empty()) continue;
    const auto same =
        std::find_if(layout.partition.begin(), layout.partition.end(), [&](const auto& known) { return known.key == read.key; });
    if (same == layout.partition.end()) {
      layout.partition.push_back({std::move(read.key), value->where});
      continue;
    }
    context.diagnostics.add(Diagnostic{Code::duplicate_column,
                                       Severity::error,
                                       value->where,
                                       "\"" + value->text + "\" stands twice in \"partition\"",
                                       "",
                                       "remove one of them",
                                       {{same->where, "the first one"}}});
  }
}

}  // namespace

TableLayout read_layout(const Node& node, const ReadContext& context) {
  TableLayout layout;
  layout.where = node.where;
  const ObjectReader reader(node, model::layout_spec(), context);
  read_partition_keys(reader, layout, context);
  layout.cluster = reader.identifiers("cluster");
  read_distribution(reader, layout);
  layout.sort = reader.identifiers("sort");
  if (const Node* properties = reader.get("properties")) {
    for (const Node::Entry& entry : properties->entries) {
      if (entry.value.kind == Kind::scalar) layout.properties.push_back({entry.key, entry.value.text, is_text(entry.value)});
    }
  }
  layout.on_change = reader.choice<TableLayout::Change>("on_change").value_or(layout.on_change);
  return layout;
}

}  // namespace penstock::yaml
