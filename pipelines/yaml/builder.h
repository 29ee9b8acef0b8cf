#pragma once

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/mark.h>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "pipelines/base/diagnostic.h"
#include "pipelines/model/node.h"

namespace penstock::yaml {

/// Thrown through the parser once a fault has been reported that ends the reading of a file. Never leaves this folder.
struct StopParsing {};

/// Builds the tree from the parser's events. Nothing is ever built by the library's own, slower nodes.
class Builder : public YAML::EventHandler {
 public:
  Builder(std::string_view text, std::uint32_t file, Diagnostics& diagnostics);

  model::Node take() { return std::move(root_); }
  bool has_document() const { return has_document_; }

  /// An open mapping or list, for errors that stop the parser inside of it.
  struct OpenPlace {
    Span where;
    bool flow;
    bool mapping;
  };
  std::vector<OpenPlace> open_places() const;

  /// Where the last event began, so that an error behind it can be looked for from there.
  std::size_t last_offset() const { return last_offset_; }

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override;
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) override;
  void OnMapEnd() override;

 private:
  struct Frame {
    model::Node* node;  ///< In its parent, which does not grow while this one is open.
    bool flow;
    bool wants_key;
    bool discard;  ///< The value of a key that was given twice: read, but not kept.
    YAML::anchor_t anchor;
    std::unordered_set<std::string> keys;  ///< Filled once a mapping has grown beyond a few entries.
  };
  using Path = std::vector<std::uint32_t>;

  bool wants_key() const { return !stack_.empty() && stack_.back().wants_key; }
  Span span_of(const YAML::Mark& mark, std::size_t length = 1) const;
  std::size_t offset_behind_properties(const YAML::Mark& mark) const;
  void check_tag(const YAML::Mark& mark, const std::string& tag, std::string_view allowed);
  void report(Diagnostic diagnostic);
  model::Node& next_node();
  void finish_node();
  void add_key(model::Node key);
  bool is_known_key(Frame& frame, const std::string& key) const;
  Span first_place_of(const Frame& frame, const std::string& key) const;
  void open(const YAML::Mark& mark, YAML::anchor_t anchor, bool mapping, bool flow);
  void remember(YAML::anchor_t anchor);
  const model::Node* find_anchor(YAML::anchor_t anchor);
  void copy(const model::Node& from, model::Node& to, std::size_t depth);
  [[noreturn]] void stop(Code code, Span where, std::string message, std::string help);

  std::string_view text_;
  std::uint32_t file_;
  Diagnostics& diagnostics_;
  model::Node root_;
  std::deque<model::Node> discarded_;  ///< Values of keys that were given twice; each stays where it is while it is open.
  bool has_document_ = false;
  std::vector<Frame> stack_;
  std::vector<Path> anchors_;  ///< By anchor number: the indices that lead to the node from the root.
  std::size_t nodes_ = 0;
  std::size_t alias_nodes_ = 0;
  std::size_t last_offset_ = 0;
  Span last_key_;
};

}  // namespace penstock::yaml
