#include <algorithm>
#include <array>
#include <utility>

#include "pipelines/base/suggest.h"
#include "pipelines/model/language.h"
#include "pipelines/yaml/check.h"

namespace penstock::yaml {
namespace {

using model::KeySpec;
using model::Node;
using model::ObjectSpec;
using model::Shape;
using model::TaggedSpec;

bool is_checks(const KeySpec& key) { return key.object == &model::check_item_spec(); }

std::string word_for(const KeySpec& key) { return is_checks(key) ? "check" : "component"; }

// What other tools call a component or a check.
struct OtherName {
  std::string_view theirs;
  std::string_view ours;
};
constexpr std::array kOtherNames = {
    OtherName{"where", "filter"},
    OtherName{"having", "filter"},
    OtherName{"group_by", "aggregate"},
    OtherName{"groupby", "aggregate"},
    OtherName{"summarize", "aggregate"},
    OtherName{"with_columns", "calculate"},
    OtherName{"mutate", "calculate"},
    OtherName{"calculator", "calculate"},
    OtherName{"derive", "calculate"},
    OtherName{"dedupe", "deduplicate"},
    OtherName{"unite", "union"},
    OtherName{"union_all", "union"},
    OtherName{"limit", "top"},
    OtherName{"melt", "unpivot"},
    OtherName{"minus", "except"},
    OtherName{"nullable", "not_null"},
    OtherName{"relationships", "relationship"},
    OtherName{"accepted_value", "accepted_values"},
    OtherName{"expression_is_true", "expression"},
};

std::string suggest_tag(const std::string& name, const std::vector<std::string>& known) {
  for (const OtherName& other : kOtherNames) {
    if (other.theirs == name && std::find(known.begin(), known.end(), other.ours) != known.end()) {
      return "here that is \"" + std::string(other.ours) + "\"";
    }
  }
  return did_you_mean(name, known);
}

bool has_key_of(const Node& node, const ObjectSpec& object) {
  return std::any_of(node.entries.begin(), node.entries.end(),
                     [&](const Node::Entry& entry) { return model::find_key(object, entry.key) != nullptr; });
}

std::vector<std::string> names_of(std::span<const TaggedSpec> tags) {
  std::vector<std::string> names;
  for (const TaggedSpec& tag : tags) names.emplace_back(tag.object->name);
  return names;
}

}  // namespace

std::span<const TaggedSpec> Checker::tags(const KeySpec& key) const { return is_checks(key) ? vocabulary_.checks : vocabulary_.components; }

const TaggedSpec* Checker::find_tag(std::string_view name, const KeySpec& key) const {
  for (const TaggedSpec& tag : tags(key)) {
    if (tag.object->name == name) return &tag;
  }
  return nullptr;
}

void Checker::report_unknown_tag(const std::string& name, Span where, const KeySpec& key) {
  const std::vector<std::string> names = names_of(tags(key));
  diagnostics_.error(Code::unknown_component, where, "unknown " + word_for(key) + " \"" + name + "\" in " + label(),
                     suggest_tag(name, names), "known: " + joined(names));
}

void Checker::check_tagged(const Node& list, const KeySpec& key) {
  for (const Node& item : list.items) {
    path_.push_back({key.object, &item, {}});
    if (item.kind == Node::Kind::scalar) {
      check_bare_tag(item, key);
    } else if (item.kind == Node::Kind::mapping) {
      check_tagged_item(item, key);
    } else {
      diagnostics_.error(
          Code::yaml_wrong_kind, item.where,
          "an item of \"" + std::string(key.name) + "\" must be a " + word_for(key) + " with its parameters, not " + kind_of(item), "",
          is_checks(key) ? "such as: - not_null: [id]" : "such as: - filter: amount > 0");
    }
    path_.pop_back();
  }
}

// A component without parameters may stand as its name alone: - distinct
void Checker::check_bare_tag(const Node& item, const KeySpec& key) {
  const TaggedSpec* tag = find_tag(item.text, key);
  if (tag == nullptr) {
    report_unknown_tag(item.text, item.where, key);
  } else {
    check_tagged_value(Node(), *tag, item.where);
  }
}

// One key of an item is the component or check; those of the item's own table may stand beside it.
void Checker::check_tagged_item(const Node& item, const KeySpec& key) {
  const Node::Entry* first = nullptr;
  for (const Node::Entry& entry : item.entries) {
    if (const KeySpec* beside = model::find_key(*key.object, entry.key); beside != nullptr) {
      check_value(entry.value, *beside);
      continue;
    }
    if (first != nullptr) {
      check_further_key(entry, *first, key);
      continue;
    }
    first = &entry;
    const TaggedSpec* tag = find_tag(entry.key, key);
    if (tag == nullptr) {
      report_unknown_tag(entry.key, entry.where, key);
      continue;
    }
    // With nothing below it and one of its own keys beside it, the keys were not indented: that is said once, at those keys.
    if (entry.value.kind == Node::Kind::null && has_key_of(item, *tag->object)) continue;
    check_tagged_value(entry.value, *tag, entry.where);
  }
  if (first == nullptr) {
    diagnostics_.error(Code::missing_key, item.where,
                       "an item of \"" + std::string(key.name) + "\" in " + label() + " names no " + word_for(key), "",
                       "known: " + joined(names_of(tags(key))));
  }
}

void Checker::check_further_key(const Node::Entry& entry, const Node::Entry& first, const KeySpec& key) {
  const TaggedSpec* first_tag = find_tag(first.key, key);
  if (find_tag(entry.key, key) != nullptr) {
    diagnostics_.add(Diagnostic{Code::conflicting_keys,
                                Severity::error,
                                entry.where,
                                "an item holds one " + word_for(key) + ", and this is a second one",
                                "",
                                "begin a new item: - " + entry.key + ": ...",
                                {{first.where, "the first one"}}});
    return;
  }
  if (first_tag != nullptr && model::find_key(*first_tag->object, entry.key) != nullptr) {
    diagnostics_.error(Code::unknown_key, entry.where, "\"" + entry.key + "\" belongs to \"" + first.key + "\", but stands beside it",
                       "indent it below \"" + first.key + "\"");
    return;
  }
  const std::vector<std::string> beside = key_names(*key.object);
  const std::string message = "unknown key \"" + entry.key + "\" beside the " + word_for(key) + " \"" + first.key + "\" in " + label();
  const std::string help = beside.empty() ? "an item holds one component and nothing beside it" : "allowed here: " + joined(beside);
  diagnostics_.error(Code::unknown_key, entry.where, message, did_you_mean(entry.key, beside), help);
}

void Checker::check_tagged_value(const Node& value, const TaggedSpec& tag, Span where) {
  const ObjectSpec& object = *tag.object;
  const std::string name(object.name);
  if (value.kind == Node::Kind::null) {
    const bool needs_keys = std::any_of(object.keys.begin(), object.keys.end(), [](const KeySpec& key) { return key.required; });
    const bool may_be_empty = !object.keys.empty() || tag.shorthand == Shape::any || tag.shorthand == Shape::object;
    if (!needs_keys && may_be_empty) return;
    diagnostics_.error(Code::missing_key, where, "\"" + name + "\" in " + label() + " needs its parameters", "",
                       std::string(object.doc) + " Such as: " + std::string(tag.example));
    return;
  }
  if (value.kind == Node::Kind::mapping && (!is_map_shape(tag.shorthand) || has_key_of(value, object))) {
    check_object(value, object);
    return;
  }
  if (tag.shorthand == Shape::object) {
    diagnostics_.error(Code::yaml_wrong_kind, value.where, "\"" + name + "\" in " + label() + " must be a mapping, not " + kind_of(value),
                       "", "such as: " + std::string(tag.example));
    return;
  }
  check_shape(value, tag.shorthand, KeySpec{object.name, tag.shorthand, false, object.doc, tag.example});
}

}  // namespace penstock::yaml
