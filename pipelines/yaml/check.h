#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/base/diagnostic.h"
#include "pipelines/model/node.h"
#include "pipelines/model/spec.h"

namespace penstock::yaml {

/// Holds a tree against the tables of keys and reports every difference: unknown and missing keys, values of the wrong kind, values that
/// are none of the choices, names that are none. Knows no key by itself.
class Checker {
 public:
  Checker(const model::Vocabulary& vocabulary, Diagnostics& diagnostics) : vocabulary_(vocabulary), diagnostics_(diagnostics) {}

  /// A mapping against its keys. `named` is the key under which it stands in a mapping from names.
  void check_object(const model::Node& node, const model::ObjectSpec& object, std::string_view named = {});

 private:
  struct Frame {
    const model::ObjectSpec* object;
    const model::Node* node;
    std::string_view named;
  };

  void check_unknown(const model::Node& node, const model::ObjectSpec& object);
  void report_unknown_key(const model::Node::Entry& entry, const model::ObjectSpec& object);
  /// A suggestion for a key that another mapping nearby has; empty where none has it.
  std::string where_it_belongs(std::string_view key, const model::ObjectSpec& object) const;
  void check_value(const model::Node& value, const model::KeySpec& key);
  void check_shape(const model::Node& value, model::Shape shape, const model::KeySpec& key);
  void check_scalar(const model::Node& value, model::Shape shape, const model::KeySpec& key);
  void check_map(const model::Node& value, model::Shape shape, const model::KeySpec& key);
  void check_column_name(const std::string& text, Span where);
  void check_given_name(const std::string& text, Span where);
  void check_partition(const model::Node& value);
  void check_type(const model::Node& value, bool in_map);
  void check_tagged(const model::Node& list, const model::KeySpec& key);
  void check_tagged_item(const model::Node& item, const model::KeySpec& key);
  void check_bare_tag(const model::Node& item, const model::KeySpec& key);
  void check_further_key(const model::Node::Entry& entry, const model::Node::Entry& first, const model::KeySpec& key);
  void check_tagged_value(const model::Node& value, const model::TaggedSpec& tag, Span where);
  void report_unknown_tag(const std::string& name, Span where, const model::KeySpec& key);
  std::span<const model::TaggedSpec> tags(const model::KeySpec& key) const;
  const model::TaggedSpec* find_tag(std::string_view name, const model::KeySpec& key) const;
  void report_kind(const model::Node& value, const model::KeySpec& key);
  void report_value(const model::Node& value, std::string message, std::string suggestion = {}, std::string help = {});
  std::string label() const { return label(path_.size()); }
  std::string label(std::size_t depth) const;

  const model::Vocabulary& vocabulary_;
  Diagnostics& diagnostics_;
  std::vector<Frame> path_;
  bool in_connection_ = false;  ///< Any setting of a connection may be a reference.
};

std::vector<std::string> key_names(const model::ObjectSpec& object);
/// In alphabetical order, with commas.
std::string joined(std::vector<std::string> words);

/// True where an unknown key of the mapping was probably meant to be this one: then it is not reported as missing too.
bool is_meant(const model::Node& node, const model::ObjectSpec& object, std::string_view key);

/// "env:NAME", "file:PATH" or "cmd:COMMAND".
bool is_reference(std::string_view text);

/// True for the shapes whose values are mappings from names to something.
bool is_map_shape(model::Shape shape);

/// "a list", "a mapping", "nothing", "a text", "a number": what the value is, for messages.
std::string kind_of(const model::Node& value);

/// "a whole number", "a list of mappings": what a shape wants, for messages.
std::string_view wanted(model::Shape shape);

}  // namespace penstock::yaml
