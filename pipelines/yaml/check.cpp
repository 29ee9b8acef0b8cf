#include "pipelines/yaml/check.h"

#include <algorithm>
#include <set>
#include <utility>

#include "pipelines/base/suggest.h"
#include "pipelines/model/language.h"

namespace penstock::yaml {
namespace {

using model::KeySpec;
using model::Node;
using model::ObjectSpec;
using model::Shape;

// An unquoted comma ends a value between braces: { flights: round(a, 2) } leaves "2)" behind as a key.
bool is_rest_of_cut_value(const Node::Entry& entry) {
  const auto count = [&](char c) { return std::count(entry.key.begin(), entry.key.end(), c); };
  return entry.value.kind == Node::Kind::null && count(')') > count('(');
}

std::string_view document_of(const ObjectSpec& object) {
  for (const ObjectSpec* known : model::language_objects()) {
    if (known == &object) return object.name;
  }
  return {};
}

// The key by which a mapping is called in messages.
std::string_view name_key(const ObjectSpec& object) {
  if (&object == &model::pipeline_spec()) return "pipeline";
  if (&object == &model::project_spec()) return "project";
  return &object == &model::step_spec() ? "name" : "";
}

bool is_connection(const ObjectSpec& object) {
  const auto types = model::connection_types();
  return &object == &model::connection_spec() ||
         std::any_of(types.begin(), types.end(), [&](const model::ConnectionType& type) { return type.object == &object; });
}

// A key that connections of other types have.
std::string whose_key(std::string_view key) {
  std::vector<std::string> types;
  for (const model::ConnectionType& type : model::connection_types()) {
    if (model::find_key(*type.object, key) != nullptr) types.emplace_back(type.type);
  }
  std::string text;
  for (std::size_t i = 0; i < types.size(); ++i) text += (i == 0 ? "" : i + 1 == types.size() ? " and " : ", ") + types[i];
  return text.empty() ? text : "connections of type " + text + " have it";
}

bool is_choice_of_type(const Node& node) {
  const Node* type = node.find("type");
  return type != nullptr && type->kind == Node::Kind::scalar && model::find_connection_type(type->text) != nullptr;
}

}  // namespace

std::vector<std::string> key_names(const ObjectSpec& object) {
  std::vector<std::string> names;
  for (const KeySpec& key : object.keys) names.emplace_back(key.name);
  return names;
}

std::string joined(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

bool is_meant(const Node& node, const ObjectSpec& object, std::string_view key) {
  for (const Node::Entry& entry : node.entries) {
    if (model::find_key(object, entry.key) == nullptr && nearest(entry.key, key_names(object)) == key) return true;
  }
  return false;
}

std::string Checker::label(std::size_t depth) const {
  if (depth == 0) return "the file";
  const Frame& frame = path_[depth - 1];
  const std::string name(frame.object->name);
  if (!frame.named.empty()) return name + " \"" + std::string(frame.named) + "\"";
  const Node* given = frame.node->find(name_key(*frame.object));
  if (given != nullptr && given->kind == Node::Kind::scalar) return name + " \"" + given->text + "\"";
  if (frame.object == &model::call_item_spec() || frame.object == &model::check_item_spec()) return label(depth - 1);
  return depth > 1 && frame.object != &model::step_spec() ? name + " of " + label(depth - 1) : "the " + name;
}

void Checker::check_object(const Node& node, const ObjectSpec& object, std::string_view named) {
  const bool was_in_connection = in_connection_;
  const ObjectSpec* keys = &object;
  if (&object == &model::connection_spec() && is_choice_of_type(node)) keys = model::find_connection_type(node.find("type")->text);
  in_connection_ = in_connection_ || is_connection(object);
  path_.push_back({keys, &node, named});
  if (node.kind != Node::Kind::mapping) {
    diagnostics_.error(Code::yaml_wrong_kind, node.where, label() + " must be a mapping, not " + kind_of(node), "",
                       std::string(object.doc));
  } else {
    // Which keys a connection may have depends on its type, so without one only the common keys can be checked.
    if (keys != &model::connection_spec()) check_unknown(node, *keys);
    for (const KeySpec& key : keys->keys) {
      const Node* value = node.find(key.name);
      if (value != nullptr) {
        check_value(*value, key);
      } else if (key.required && !is_meant(node, *keys, key.name)) {
        diagnostics_.error(Code::missing_key, node.where, label() + " has no \"" + std::string(key.name) + "\"", "",
                           std::string(key.doc) + " Such as: " + std::string(key.name) + ": " + std::string(key.example));
      }
    }
  }
  path_.pop_back();
  in_connection_ = was_in_connection;
}

void Checker::check_unknown(const Node& node, const ObjectSpec& object) {
  for (const Node::Entry& entry : node.entries) {
    if (model::find_key(object, entry.key) == nullptr) report_unknown_key(entry, object);
  }
}

void Checker::report_unknown_key(const Node::Entry& entry, const ObjectSpec& object) {
  if (is_rest_of_cut_value(entry)) {
    diagnostics_.error(Code::unknown_key, entry.where, "\"" + entry.key + "\" was cut off from the value before it",
                       "put that value in quotes", "between { and } a comma ends a value unless it is quoted");
    return;
  }
  std::string help = "allowed here: " + joined(key_names(object));
  if (object.keys.empty()) help = "no key is allowed here";
  std::string meant = did_you_mean(entry.key, key_names(object));
  if (meant.empty()) meant = where_it_belongs(entry.key, object);
  if (const std::string_view document = document_of(object); !document.empty()) help += " (penstock schema " + std::string(document) + ")";
  diagnostics_.error(Code::unknown_key, entry.where, "unknown key \"" + entry.key + "\" in " + label(), std::move(meant), help);
}

std::string Checker::where_it_belongs(std::string_view key, const ObjectSpec& object) const {
  if (is_connection(object)) {
    if (std::string types = whose_key(key); !types.empty()) return types;
  }
  for (const KeySpec& outer : object.keys) {
    const bool is_mapping = outer.object != nullptr && outer.shape == Shape::object;
    if (is_mapping && model::find_key(*outer.object, key) != nullptr)
      return "it belongs into \"" + std::string(outer.name) + "\": " + std::string(outer.name) + ": { " + std::string(key) + ": ... }";
  }
  if (path_.size() < 2) return {};
  const ObjectSpec& around = *path_[path_.size() - 2].object;
  if (model::find_key(around, key) == nullptr) return {};
  const bool is_beside = &around == &model::check_item_spec() || &around == &model::call_item_spec();
  return is_beside ? "it stands beside \"" + std::string(object.name) + "\", not inside of it"
                   : "it belongs one level higher, into " + label(path_.size() - 1);
}

void Checker::report_kind(const Node& value, const KeySpec& key) {
  std::string what(wanted(key.shape));
  if (key.has_shorthand) what = std::string(wanted(key.shorthand)) + " or " + what;
  const std::string name = "\"" + std::string(key.name) + "\" in " + label();
  const std::string help = std::string(key.doc) + " Such as: " + std::string(key.name) + ": " + std::string(key.example);
  if (value.kind == Node::Kind::null) {
    diagnostics_.error(Code::yaml_wrong_kind, value.where, name + " has no value", "", help);
    return;
  }
  std::string suggestion;
  if (value.kind == Node::Kind::mapping && !value.entries.empty() && value.entries.front().key.starts_with('-')) {
    suggestion = "a blank stands behind the \"-\" of a list item: - " + value.entries.front().key.substr(1) + ": ...";
  }
  const bool wants_plain = key.shape == Shape::boolean || key.shape == Shape::integer || key.shape == Shape::number;
  if (wants_plain && value.kind == Node::Kind::scalar) {
    if (key.shape == Shape::boolean) {
      const std::set<std::string_view> yes = {"yes", "on", "Yes", "On", "YES", "ON", "y", "1"};
      const std::set<std::string_view> no = {"no", "off", "No", "Off", "NO", "OFF", "n", "0"};
      if (yes.count(value.text) > 0) suggestion = "write true";
      if (no.count(value.text) > 0) suggestion = "write false";
    }
    if (value.quoted && suggestion.empty()) suggestion = "a quoted value is text: write it without quotes";
  }
  diagnostics_.error(Code::yaml_wrong_kind, value.where, name + " must be " + what + ", not " + kind_of(value), std::move(suggestion),
                     help);
}

void Checker::report_value(const Node& value, std::string message, std::string suggestion, std::string help) {
  diagnostics_.error(Code::invalid_value, value.where, std::move(message), std::move(suggestion), std::move(help));
}

}  // namespace penstock::yaml
