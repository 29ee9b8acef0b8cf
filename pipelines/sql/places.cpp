#include "pipelines/sql/places.h"

#include <algorithm>

#include "pipelines/sql/mask.h"

namespace penstock::sql {

ir::Place Places::add(const model::Node& text) { return add({next_, &text, text.where}, text.text.size()); }

ir::Place Places::add(Span where) { return add({next_, nullptr, where}, 0); }

ir::Place Places::add(Text text, std::size_t size) {
  texts_.push_back(text);
  next_ += static_cast<std::uint32_t>(size) + 1;
  return {text.first};
}

Span Places::span(ir::Place place) const {
  const auto after = std::upper_bound(texts_.begin(), texts_.end(), place.number,
                                      [](std::uint32_t number, const Text& text) { return number < text.first; });
  if (!place || after == texts_.begin()) return {};
  const Text& text = *(after - 1);
  if (text.node == nullptr) return text.where;
  const std::size_t offset = place.number - text.first;
  return text.node->place_of(offset, token_length(text.node->text, offset));
}

}  // namespace penstock::sql
