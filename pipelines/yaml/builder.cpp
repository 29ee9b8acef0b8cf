#include "pipelines/yaml/builder.h"

#include <algorithm>
#include <utility>

#include "pipelines/yaml/parse.h"
#include "pipelines/yaml/places.h"

namespace penstock::yaml {
namespace {

using model::Node;

constexpr std::size_t kLinearKeys = 16;
constexpr std::string_view kBlanks = " \t\r\n";

bool is_properties_start(char c) { return c == '&' || c == '!'; }

}  // namespace

Builder::Builder(std::string_view text, std::uint32_t file, Diagnostics& diagnostics)
    : text_(text), file_(file), diagnostics_(diagnostics) {}

std::vector<Builder::OpenPlace> Builder::open_places() const {
  std::vector<OpenPlace> places;
  for (const Frame& frame : stack_) places.push_back({frame.node->where, frame.flow, frame.node->kind == Node::Kind::mapping});
  return places;
}

Span Builder::span_of(const YAML::Mark& mark, std::size_t length) const {
  return Span{file_, static_cast<std::uint32_t>(mark.line + 1), static_cast<std::uint32_t>(mark.column + 1),
              static_cast<std::uint32_t>(std::max<std::size_t>(1, length))};
}

void Builder::stop(Code code, Span where, std::string message, std::string help) {
  diagnostics_.error(code, where, std::move(message), "", std::move(help));
  throw StopParsing();
}

void Builder::report(Diagnostic diagnostic) {
  diagnostics_.add(std::move(diagnostic));
  if (diagnostics_.size() >= kMostFaults) throw StopParsing();
}

void Builder::OnDocumentStart(const YAML::Mark& mark) {
  if (has_document_) {
    stop(Code::yaml_syntax, span_of(mark), "a second document in the same file",
         "one file holds one document: move the rest to a file of its own");
  }
  has_document_ = true;
}

// The parser gives the place of a value's anchor or tag where it has one; the value stands behind them.
std::size_t Builder::offset_behind_properties(const YAML::Mark& mark) const {
  auto offset = static_cast<std::size_t>(std::max(mark.pos, 0));
  while (offset < text_.size() && is_properties_start(text_[offset])) {
    offset = std::min(text_.find_first_of(kBlanks, offset), text_.size());
    offset = std::min(text_.find_first_not_of(kBlanks, offset), text_.size());
  }
  return offset;
}

void Builder::check_tag(const YAML::Mark& mark, const std::string& tag, std::string_view allowed) {
  if (tag.empty() || tag == "?" || tag == "!" || tag == allowed) return;
  report({Code::yaml_syntax, Severity::error, span_of(mark), "the tag \"" + tag + "\" has no meaning here", "", "remove it", {}});
}

void Builder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  const std::size_t offset = offset_behind_properties(mark);
  Node node;
  const char first = offset < text_.size() ? text_[offset] : '\0';
  const bool written = first == '~' || ((first == 'n' || first == 'N') && is_special(text_.substr(offset, 4)));
  node.where = span_of(mark, written && first != '~' ? 4 : 1);
  if (!written && !stack_.empty() && stack_.back().flow && (wants_key() || stack_.back().node->kind == Node::Kind::sequence)) {
    report({Code::yaml_syntax,
            Severity::error,
            span_of(mark),
            "nothing stands before this comma",
            "",
            "remove it, or write what is missing",
            {}});
    stack_.back().discard = wants_key();
    stack_.back().wants_key = false;
    return;
  }
  // A value that is left out has the place of what comes next; its key says more.
  if (!written && !wants_key() && last_key_) node.where = last_key_;
  if (wants_key()) {
    node.kind = Node::Kind::scalar;
    node.text = written ? std::string(text_.substr(offset, first == '~' ? 1 : 4)) : "";
    add_key(std::move(node));
    return;
  }
  next_node() = std::move(node);
  remember(anchor);
  finish_node();
}

void Builder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) {
  check_tag(mark, tag, "tag:yaml.org,2002:str");
  if (value.size() > kMostScalarBytes) {
    stop(Code::yaml_limit, span_of(mark), "a value of " + std::to_string(value.size()) + " bytes; at most 1 MiB is read",
         "data does not belong into YAML: load it into a table");
  }
  ScalarStart start{static_cast<std::size_t>(mark.pos), static_cast<std::size_t>(mark.line + 1), static_cast<std::size_t>(mark.column + 1)};
  if (start.offset < text_.size() && is_properties_start(text_[start.offset])) {
    start.offset = offset_behind_properties(mark);
    const std::string_view before = text_.substr(0, start.offset);
    const std::size_t last_break = before.rfind('\n');
    const auto skipped = text_.substr(static_cast<std::size_t>(mark.pos), start.offset - static_cast<std::size_t>(mark.pos));
    start.line += static_cast<std::size_t>(std::count(skipped.begin(), skipped.end(), '\n'));
    start.column = last_break == std::string_view::npos ? start.offset + 1 : start.offset - last_break;
  }
  last_offset_ = start.offset;
  Node node;
  node.kind = Node::Kind::scalar;
  node.quoted = tag != "?" && !tag.empty();
  node.text = value;
  node.where.file = file_;
  if (!place_scalar(text_, start, node)) {
    node.where.length = 1;
    stop(Code::yaml_syntax, node.where, "a quote that is never closed",
         "close it; a quote inside of a single-quoted value is written twice");
  }
  if (wants_key()) {
    remember(anchor);
    add_key(std::move(node));
    return;
  }
  next_node() = std::move(node);
  remember(anchor);
  finish_node();
}

// The place of the value that comes next: the root, the value of the last key, or a new item.
Node& Builder::next_node() {
  if (++nodes_ > kMostNodes) {
    stop(Code::yaml_limit, last_key_, "more than " + std::to_string(kMostNodes) + " values in one file", "split it into several pipelines");
  }
  if (stack_.empty()) return root_;
  Frame& frame = stack_.back();
  if (frame.node->kind == Node::Kind::sequence) return frame.node->items.emplace_back();
  return frame.discard ? discarded_.emplace_back() : frame.node->entries.back().value;
}

void Builder::finish_node() {
  if (stack_.empty()) return;
  Frame& frame = stack_.back();
  if (frame.node->kind != Node::Kind::mapping) return;
  frame.wants_key = true;
  frame.discard = false;
}

bool Builder::is_known_key(Frame& frame, const std::string& key) const {
  const std::vector<Node::Entry>& entries = frame.node->entries;
  if (entries.size() < kLinearKeys) return frame.node->find(key) != nullptr;
  if (frame.keys.empty()) {
    for (const Node::Entry& entry : entries) frame.keys.insert(entry.key);
  }
  return !frame.keys.insert(key).second;
}

Span Builder::first_place_of(const Frame& frame, const std::string& key) const {
  for (const Node::Entry& entry : frame.node->entries) {
    if (entry.key == key) return entry.where;
  }
  return {};
}

void Builder::add_key(Node key) {
  Frame& frame = stack_.back();
  frame.wants_key = false;
  last_key_ = key.where;
  if (key.text == "<<" && !key.quoted) {
    report({Code::yaml_limit,
            Severity::error,
            key.where,
            "a merge key (<<)",
            "",
            "merge keys are not part of YAML 1.2: write the keys out, or repeat a whole value by an alias",
            {}});
    frame.discard = true;
    return;
  }
  if (is_known_key(frame, key.text)) {
    report({Code::yaml_duplicate_key,
            Severity::error,
            key.where,
            "the key \"" + key.text + "\" stands here twice",
            "",
            "remove one of them",
            {{first_place_of(frame, key.text), "the first one"}}});
    frame.discard = true;
    return;
  }
  frame.node->entries.push_back(Node::Entry{std::move(key.text), key.where, Node()});
}

void Builder::open(const YAML::Mark& mark, YAML::anchor_t anchor, bool mapping, bool flow) {
  last_offset_ = static_cast<std::size_t>(std::max(mark.pos, 0));
  if (wants_key()) {
    stop(Code::yaml_syntax, span_of(mark), "a key must be a text, not a list or a mapping",
         "a value that starts with { or [ must be quoted to be text");
  }
  if (stack_.size() >= kMostDepth) {
    stop(Code::yaml_limit, span_of(mark), "more than " + std::to_string(kMostDepth) + " mappings and lists inside each other",
         "no part of the language needs that many levels");
  }
  Node& node = next_node();
  node.kind = mapping ? Node::Kind::mapping : Node::Kind::sequence;
  node.where = span_of(mark);
  if (const std::size_t offset = offset_behind_properties(mark); offset != last_offset_) {
    node.where.line += static_cast<std::uint32_t>(std::count(text_.begin() + mark.pos, text_.begin() + static_cast<long>(offset), '\n'));
    const std::size_t last_break = text_.substr(0, offset).rfind('\n');
    node.where.column = static_cast<std::uint32_t>(last_break == std::string_view::npos ? offset + 1 : offset - last_break);
  }
  remember(anchor);
  stack_.push_back(Frame{&node, flow, mapping, false, anchor, {}});
}

void Builder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
  check_tag(mark, tag, "tag:yaml.org,2002:seq");
  open(mark, anchor, false, style == YAML::EmitterStyle::Flow);
}

void Builder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value style) {
  check_tag(mark, tag, "tag:yaml.org,2002:map");
  open(mark, anchor, true, style == YAML::EmitterStyle::Flow);
}

void Builder::OnSequenceEnd() {
  stack_.pop_back();
  finish_node();
}

void Builder::OnMapEnd() {
  stack_.pop_back();
  finish_node();
}

// Nodes move while their parents grow, so an anchor is kept as the way to it: per level the number of its item or entry.
void Builder::remember(YAML::anchor_t anchor) {
  if (anchor == 0) return;
  Path path;
  for (const Frame& frame : stack_) {
    if (frame.discard) return;
    const std::size_t size = frame.node->kind == Node::Kind::sequence ? frame.node->items.size() : frame.node->entries.size();
    path.push_back(static_cast<std::uint32_t>(size == 0 ? 0 : size - 1));
  }
  if (wants_key()) return;
  if (anchors_.size() <= anchor) anchors_.resize(anchor + 1, Path{UINT32_MAX});
  anchors_[anchor] = std::move(path);
}

const Node* Builder::find_anchor(YAML::anchor_t anchor) {
  if (anchor >= anchors_.size()) return nullptr;
  const Node* node = &root_;
  for (const std::uint32_t index : anchors_[anchor]) {
    if (node->kind == Node::Kind::sequence && index < node->items.size()) {
      node = &node->items[index];
    } else if (node->kind == Node::Kind::mapping && index < node->entries.size()) {
      node = &node->entries[index].value;
    } else {
      return nullptr;
    }
  }
  return node;
}

void Builder::copy(const Node& from, Node& to, std::size_t depth) {
  if (++alias_nodes_ > kMostAliasNodes) {
    stop(Code::yaml_limit, last_key_, "aliases repeat more than " + std::to_string(kMostAliasNodes) + " values",
         "an alias inside of what another alias repeats multiplies: write the values out");
  }
  if (depth > kMostDepth) {
    stop(Code::yaml_limit, from.where, "aliases nest more than " + std::to_string(kMostDepth) + " mappings and lists inside each other",
         "");
  }
  to.kind = from.kind;
  to.quoted = from.quoted;
  to.indent = from.indent;
  to.block = from.block;
  to.where = from.where;
  to.text = from.text;
  to.segments = from.segments;
  to.comment = from.comment;
  to.items.resize(from.items.size());
  for (std::size_t i = 0; i < from.items.size(); ++i) copy(from.items[i], to.items[i], depth + 1);
  to.entries.reserve(from.entries.size());
  for (const Node::Entry& entry : from.entries)
    copy(entry.value, to.entries.emplace_back(Node::Entry{entry.key, entry.where, {}}).value, depth + 1);
}

void Builder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  last_offset_ = static_cast<std::size_t>(std::max(mark.pos, 0));
  for (const Frame& frame : stack_) {
    if (frame.anchor == anchor)
      stop(Code::yaml_limit, span_of(mark), "an alias inside of its own anchor has no end", "write the value out");
  }
  const Node* found = find_anchor(anchor);
  if (found == nullptr) {
    stop(Code::yaml_syntax, span_of(mark), "the anchor of this alias is not a value that can be repeated", "write the value out");
  }
  Node repeated;
  if (last_key_.line == 0) last_key_ = span_of(mark);
  copy(*found, repeated, stack_.size());
  if (!wants_key()) {
    next_node() = std::move(repeated);
    finish_node();
    return;
  }
  if (repeated.kind != Node::Kind::scalar) {
    stop(Code::yaml_syntax, span_of(mark), "a key must be a text, not a list or a mapping", "");
  }
  repeated.where = span_of(mark);
  add_key(std::move(repeated));
}

}  // namespace penstock::yaml
