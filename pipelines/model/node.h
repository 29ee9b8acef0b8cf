#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "pipelines/base/source.h"

namespace penstock::model {

/// A YAML value with its place, free of the YAML library: what the loader checks and components read their parameters from.
struct Node {
  enum class Kind : std::uint8_t { null, scalar, sequence, mapping };

  struct Entry;

  Kind kind = Kind::null;
  bool quoted = false;         ///< Scalars: written in quotes or as a block, so it is text whatever it looks like.
  std::uint16_t indent = 0;    ///< Block scalars: blanks before each line of the text in the file; otherwise 0.
  bool block = false;          ///< Literal block scalar (`|`): every line of `text` is a line of the file, from `where.line` on.
  Span where;                  ///< Where the value starts; for a block scalar the first line of its text.
  std::string text;            ///< Scalars.
  std::vector<Node> items;     ///< Sequences.
  std::vector<Entry> entries;  ///< Mappings, in the order of the file.

  /// From this byte of `text` on, the text stands at this place of the file, up to the next segment.
  struct Segment {
    std::uint32_t offset = 0;
    std::uint32_t line = 0;
    std::uint32_t column = 0;
  };
  /// Set for scalars whose text is not the file's bytes one by one: with escapes, or over several lines without being a literal block.
  std::shared_ptr<const std::vector<Segment>> segments;

  /// Plain scalars: the comment of YAML that ends their last line, from its `#` on.
  struct Comment {
    Span where;
    std::string text;
  };
  std::shared_ptr<const Comment> comment;

  /// The value under a key, or null.
  const Node* find(std::string_view key) const;

  /// The place in the file of a byte of a scalar's text. It is cut at the end of that line.
  Span place_of(std::size_t offset, std::size_t length = 1) const;
};

struct Node::Entry {
  std::string key;
  Span where;  ///< Where the key starts.
  Node value;
};

}  // namespace penstock::model
