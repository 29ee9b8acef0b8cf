#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace penstock::sql {

/// A value of the parser's tree.
struct SyntaxNode {
  std::string_view key;   ///< Its name in the object around it.
  std::string_view text;  ///< Strings.
  std::int64_t number = 0;
  bool truth = false;
  const SyntaxNode* child = nullptr;
  const SyntaxNode* next = nullptr;
};

/// A borrowed part of a syntax tree; empty where there is none. Asking an empty part gives empty parts, zero and false.
class Part {
 public:
  Part() = default;
  explicit Part(const SyntaxNode* node) : node_(node) {}

  explicit operator bool() const { return node_ != nullptr; }
  Part operator[](std::string_view key) const;
  std::string_view text(std::string_view key) const;
  std::int64_t number(std::string_view key, std::int64_t fallback = 0) const;
  bool flag(std::string_view key) const;
  /// The byte in the text where the part starts; 0 where the parser does not say.
  std::size_t location() const;

  /// The kind of a node, "ColumnRef", and what is inside: the parser wraps each node in an object with one key.
  std::string_view tag() const;
  Part inside() const;

  /// The parts of a list.
  class Iterator {
   public:
    explicit Iterator(const SyntaxNode* node) : node_(node) {}
    Part operator*() const { return Part(node_); }
    Iterator& operator++() {
      node_ = node_->next;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return node_ != other.node_; }

   private:
    const SyntaxNode* node_;
  };
  Iterator begin() const { return Iterator(node_ ? node_->child : nullptr); }
  Iterator end() const { return Iterator(nullptr); }
  std::size_t size() const;
  Part first() const { return Part(node_ ? node_->child : nullptr); }
  bool is_empty() const { return !node_ || !node_->child; }
  std::string_view value() const { return node_ ? node_->text : std::string_view(); }

 private:
  const SyntaxNode* node_ = nullptr;
};

struct SyntaxError {
  std::string message;
  std::size_t offset = 0;
};

/// What PostgreSQL's own parser makes of a text.
class SyntaxTree {
 public:
  static tl::expected<SyntaxTree, SyntaxError> parse(const std::string& text);

  /// The statements, each {"stmt": ...}.
  Part statements() const { return Part(root_)["stmts"]; }

 private:
  friend class TreeReader;

  SyntaxTree() = default;
  SyntaxNode* make();

  std::vector<std::unique_ptr<SyntaxNode[]>> chunks_;
  std::size_t used_ = 0;
  std::unique_ptr<char[]> text_;
  const SyntaxNode* root_ = nullptr;
};

}  // namespace penstock::sql
