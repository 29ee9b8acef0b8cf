#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "pipelines/base/diagnostic.h"
#include "pipelines/model/node.h"
#include "pipelines/model/project.h"
#include "pipelines/model/spec.h"

namespace penstock::yaml {

/// Every (mapping, key) that typed reading asked for, so that a test can hold the reading against the tables.
using ReadLog = std::set<std::pair<std::string, std::string>>;

/// What typed reading works with. It reads trees that have been checked against the tables: a value that is of the wrong kind has been
/// reported, and is read as if it were not there.
struct ReadContext {
  const model::Vocabulary& vocabulary;
  Diagnostics& diagnostics;
  ReadLog* log = nullptr;
};

/// Reads the keys of one mapping.
class ObjectReader {
 public:
  ObjectReader(const model::Node& node, const model::ObjectSpec& object, const ReadContext& context)
      : node_(node), object_(object), context_(context) {}

  /// The value, or null where it is not there or empty.
  const model::Node* get(std::string_view key) const;
  /// The scalar, or null.
  const model::Node* scalar(std::string_view key) const;
  std::string text(std::string_view key) const;
  std::optional<model::Located<std::string>> located(std::string_view key) const;
  /// One scalar or the scalars of a list.
  std::vector<const model::Node*> scalars(std::string_view key) const;
  std::vector<model::Located<std::string>> located_list(std::string_view key) const;
  std::optional<model::Located<Identifier>> identifier(std::string_view key) const;
  std::vector<model::Located<Identifier>> identifiers(std::string_view key) const;
  std::optional<std::chrono::milliseconds> duration(std::string_view key) const;
  /// A whole number of at least `least`; anything less is reported.
  std::optional<int> count(std::string_view key, int least) const;
  bool flag(std::string_view key, bool otherwise) const;
  /// The index of the choice in the key's list.
  template <typename Choice>
  std::optional<Choice> choice(std::string_view key) const {
    const std::optional<std::size_t> index = choice_index(key);
    return index ? std::optional<Choice>(static_cast<Choice>(*index)) : std::nullopt;
  }

  const model::Node& node() const { return node_; }

 private:
  std::optional<std::size_t> choice_index(std::string_view key) const;

  const model::Node& node_;
  const model::ObjectSpec& object_;
  const ReadContext& context_;
};

/// The columns of a mapping from names to types.
ir::Columns read_columns(const model::Node& node, const ReadContext& context);

/// The whole of a pipeline file; empty where it has no name.
std::optional<model::Pipeline> read_pipeline(const model::Node& root, std::uint32_t file, const ReadContext& context);
std::optional<model::Step> read_step(const model::Node& node, const ReadContext& context);
model::Publish read_publish(const model::Node& node, const ReadContext& context);
model::TableLayout read_layout(const model::Node& node, const ReadContext& context);
std::vector<model::Check> read_checks(const model::Node& list, const ReadContext& context);

/// Fills name, connections and environments.
void read_project(const model::Node& root, model::Project& project, const ReadContext& context);

/// Reports a target that is none of the connections.
void report_unknown_connection(const model::Located<std::string>& target, const std::vector<std::string>& known, Diagnostics& diagnostics);

/// Of the tree's meaning: comments, layout and the way of quoting left out.
ContentHash content_hash(const model::Node& root);

}  // namespace penstock::yaml
