#include "pipelines/model/node.h"

#include <algorithm>

namespace penstock::model {
namespace {

Span place_in_literal(const Node& node, std::size_t offset, std::size_t length) {
  const std::string_view before = std::string_view(node.text).substr(0, offset);
  const std::size_t last_break = before.rfind('\n');
  const std::size_t line_start = last_break == std::string_view::npos ? 0 : last_break + 1;
  const std::size_t line_end = std::min(node.text.find('\n', offset), node.text.size());
  Span place = node.where;
  place.line += static_cast<std::uint32_t>(std::count(before.begin(), before.end(), '\n'));
  place.column = node.indent + static_cast<std::uint32_t>(offset - line_start) + 1;
  place.length = static_cast<std::uint32_t>(std::max<std::size_t>(1, std::min(length, line_end - offset)));
  return place;
}

Span place_in_segments(const Node& node, std::size_t offset, std::size_t length) {
  const auto next = std::upper_bound(node.segments->begin(), node.segments->end(), offset,
                                     [](std::size_t wanted, const Node::Segment& segment) { return wanted < segment.offset; });
  if (next == node.segments->begin()) return node.where;
  const Node::Segment& segment = *(next - 1);
  Span place = node.where;
  place.line = segment.line;
  place.column = segment.column + static_cast<std::uint32_t>(offset - segment.offset);
  // Escapes make segments too: the length runs on over those of the same line.
  std::size_t end = node.text.size();
  for (auto later = next; later != node.segments->end(); ++later) {
    if (later->line == segment.line) continue;
    end = later->offset;
    break;
  }
  place.length = static_cast<std::uint32_t>(std::max<std::size_t>(1, std::min(length, end > offset ? end - offset : 1)));
  return place;
}

}  // namespace

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

Span Node::place_of(std::size_t offset, std::size_t length) const {
  if (kind != Kind::scalar || !where) return where;
  offset = std::min(offset, text.size());
  if (block) return place_in_literal(*this, offset, length);
  if (segments) return place_in_segments(*this, offset, length);
  Span place = where;
  place.column += static_cast<std::uint32_t>(offset) + (quoted ? 1 : 0);
  place.length = static_cast<std::uint32_t>(std::max<std::size_t>(1, std::min(length, text.size() - offset)));
  return place;
}

}  // namespace penstock::model
