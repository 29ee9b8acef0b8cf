#pragma once

#include <cstdint>
#include <vector>

#include "pipelines/base/source.h"
#include "pipelines/ir/expression.h"
#include "pipelines/model/node.h"

namespace penstock::sql {

/// What the places in a step's trees stand for: each byte of each of its texts has a number. Borrows the texts.
class Places {
 public:
  /// The number of the text's first byte; those of the others follow.
  ir::Place add(const model::Node& text);
  /// A place that is no text, such as a key.
  ir::Place add(Span where);

  /// Where the word, name or operator stands in its file; no place for nowhere.
  Span span(ir::Place place) const;

 private:
  struct Text {
    std::uint32_t first = 0;
    const model::Node* node = nullptr;
    Span where;
  };
  ir::Place add(Text text, std::size_t size);

  std::vector<Text> texts_;
  std::uint32_t next_ = 1;
};

}  // namespace penstock::sql
