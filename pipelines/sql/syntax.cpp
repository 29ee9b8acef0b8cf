#include "pipelines/sql/syntax.h"

#include <pg_query.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace penstock::sql {
namespace {

constexpr std::size_t kChunkNodes = 128;

// The parser counts characters from 1.
std::size_t byte_of_character(std::string_view text, int character) {
  std::size_t at = 0;
  for (int i = 1; i < character && at < text.size(); ++i) {
    ++at;
    while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
  }
  return at;
}

void append_utf8(char*& out, unsigned code) {
  if (code < 0x80) {
    *out++ = static_cast<char>(code);
  } else if (code < 0x800) {
    *out++ = static_cast<char>(0xC0U | (code >> 6U));
    *out++ = static_cast<char>(0x80U | (code & 0x3FU));
  } else {
    *out++ = static_cast<char>(0xE0U | (code >> 12U));
    *out++ = static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
    *out++ = static_cast<char>(0x80U | (code & 0x3FU));
  }
}

unsigned hexadecimal(const char* digits) {
  unsigned code = 0;
  for (int i = 0; i < 4; ++i) {
    const char c = digits[i];
    code = 16 * code + static_cast<unsigned>(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return code;
}

}  // namespace

/// Reads the parser's JSON, which it wrote itself and so is well formed, in one pass and without recursion: 4 KB of it stand for a
/// SELECT of ten columns, and a general reader takes three times as long.
class TreeReader {
 public:
  TreeReader(SyntaxTree& tree, char* text, std::string_view sql) : tree_(tree), at_(text), sql_(sql) {}

  const SyntaxNode* read() {
    SyntaxNode* root = value({});
    while (!open_.empty()) step();
    return root;
  }

 private:
  struct Open {
    SyntaxNode* node;
    SyntaxNode* last;
  };

  SyntaxNode* value(std::string_view key) {
    SyntaxNode* node = tree_.make();
    node->key = key;
    switch (*at_) {
      case '{':
      case '[':
        ++at_;
        open_.push_back({node, nullptr});
        break;
      case '"':
        node->text = string();
        break;
      case 't':
        node->truth = true;
        at_ += 4;
        break;
      case 'f':
        at_ += 5;
        break;
      case 'n':
        at_ += 4;
        break;
      default:
        node->number = number();
    }
    return node;
  }

  void step() {
    if (*at_ == ',') ++at_;
    if (*at_ == '}' || *at_ == ']') {
      ++at_;
      if (open_.back().node->key == "A_Const") restore_negative(*open_.back().node);
      open_.pop_back();
      return;
    }
    std::string_view key;
    // Only objects have keys: a string in a list of the parser's tree stands in an object of its own.
    if (*at_ == '"') {
      key = string();
      ++at_;
    }
    const std::size_t parent = open_.size() - 1;
    SyntaxNode* node = value(key);
    (open_[parent].last ? open_[parent].last->next : open_[parent].node->child) = node;
    open_[parent].last = node;
  }

  // libpg_query 15 writes no value for a whole number below zero, only its place.
  void restore_negative(const SyntaxNode& constant) {
    const Part part(&constant);
    if (!part["ival"] || !part["ival"].is_empty()) return;
    std::string_view text = sql_.substr(std::min(part.location(), sql_.size()));
    if (!text.starts_with('-')) return;
    const auto digits = text.find_first_of("0123456789");
    if (digits == std::string_view::npos) return;
    SyntaxNode* node = tree_.make();
    node->key = "ival";
    for (const char c : text.substr(digits)) {
      if (c < '0' || c > '9') break;
      node->number = 10 * node->number - (c - '0');
    }
    // The tree was made here, and only here it is not const.
    for (SyntaxNode* child = const_cast<SyntaxNode*>(constant.child); child; child = const_cast<SyntaxNode*>(child->next)) {
      if (child->key == "ival") child->child = node;
    }
  }

  std::int64_t number() {
    const bool negative = *at_ == '-';
    if (negative) ++at_;
    std::int64_t number = 0;
    while (*at_ >= '0' && *at_ <= '9') number = 10 * number + (*at_++ - '0');
    while (*at_ == '.' || *at_ == 'e' || *at_ == 'E' || *at_ == '+' || *at_ == '-' || (*at_ >= '0' && *at_ <= '9')) ++at_;
    return negative ? -number : number;
  }

  // Escapes are resolved in place: the text only gets shorter.
  std::string_view string() {
    char* begin = ++at_;
    char* out = begin;
    while (*at_ != '"') {
      if (*at_ != '\\') {
        *out++ = *at_++;
        continue;
      }
      ++at_;
      const char escaped = *at_++;
      if (escaped == 'u') {
        append_utf8(out, hexadecimal(at_));
        at_ += 4;
      } else {
        constexpr std::string_view kNames = "bfnrt";
        constexpr std::string_view kValues = "\b\f\n\r\t";
        const auto index = kNames.find(escaped);
        *out++ = index == std::string_view::npos ? escaped : kValues[index];
      }
    }
    ++at_;
    return {begin, static_cast<std::size_t>(out - begin)};
  }

  SyntaxTree& tree_;
  char* at_;
  std::string_view sql_;
  std::vector<Open> open_;
};

SyntaxNode* SyntaxTree::make() {
  if (chunks_.empty() || used_ == kChunkNodes) {
    chunks_.push_back(std::make_unique<SyntaxNode[]>(kChunkNodes));
    used_ = 0;
  }
  return &chunks_.back()[used_++];
}

tl::expected<SyntaxTree, SyntaxError> SyntaxTree::parse(const std::string& text) {
  const PgQueryParseResult result = pg_query_parse(text.c_str());
  if (result.error) {
    SyntaxError error{result.error->message, byte_of_character(text, result.error->cursorpos)};
    pg_query_free_parse_result(result);
    return tl::unexpected<SyntaxError>(std::move(error));
  }
  SyntaxTree tree;
  const std::size_t length = std::strlen(result.parse_tree);
  tree.text_ = std::make_unique<char[]>(length + 1);
  std::copy_n(result.parse_tree, length + 1, tree.text_.get());
  pg_query_free_parse_result(result);
  tree.root_ = TreeReader(tree, tree.text_.get(), text).read();
  return tree;
}

Part Part::operator[](std::string_view key) const {
  if (!node_) return {};
  for (const SyntaxNode* child = node_->child; child; child = child->next) {
    if (child->key == key) return Part(child);
  }
  return {};
}

std::string_view Part::text(std::string_view key) const { return (*this)[key].value(); }

std::int64_t Part::number(std::string_view key, std::int64_t fallback) const {
  const Part part = (*this)[key];
  return part ? part.node_->number : fallback;
}

bool Part::flag(std::string_view key) const {
  const Part part = (*this)[key];
  return part && part.node_->truth;
}

std::size_t Part::location() const { return static_cast<std::size_t>(std::max<std::int64_t>(0, number("location"))); }

std::string_view Part::tag() const { return node_ && node_->child ? node_->child->key : std::string_view(); }

Part Part::inside() const { return Part(node_ ? node_->child : nullptr); }

std::size_t Part::size() const {
  std::size_t count = 0;
  for (const SyntaxNode* child = node_ ? node_->child : nullptr; child; child = child->next) ++count;
  return count;
}

}  // namespace penstock::sql
