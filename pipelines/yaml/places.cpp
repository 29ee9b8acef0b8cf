#include "pipelines/yaml/places.h"

#include <algorithm>
#include <utility>

namespace penstock::yaml {
namespace {

using model::Node;

std::uint32_t narrow(std::size_t value) { return static_cast<std::uint32_t>(value); }

std::size_t line_end(std::string_view text, std::size_t offset) {
  std::size_t end = text.find('\n', offset);
  if (end == std::string_view::npos) end = text.size();
  if (end > offset && text[end - 1] == '\r') --end;
  return end;
}

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// Walks along the file's text and the scalar's text together and notes where they part and meet again: at folded line breaks and escapes.
class Aligner {
 public:
  Aligner(std::string_view file_text, const ScalarStart& start, const std::string& text)
      : file_(file_text), text_(text), offset_(start.offset), line_(start.line), line_start_(start.offset - (start.column - 1)) {}

  std::vector<Node::Segment> plain() {
    begin_segment();
    while (at_ < text_.size() && offset_ < file_.size()) {
      if (!fold() && !step()) break;
    }
    return std::move(segments_);
  }

  std::vector<Node::Segment> quoted() {
    const char quote = file_[offset_];
    ++offset_;
    begin_segment();
    while (at_ < text_.size() && offset_ < file_.size()) {
      if (quote == '\'' && file_.substr(offset_, 2) == "''") {
        offset_ += 2;
        at_ += 1;
        begin_segment();
      } else if (quote == '"' && file_[offset_] == '\\') {
        escape();
      } else if (!fold() && !step()) {
        break;
      }
    }
    return std::move(segments_);
  }

  bool is_at_end() const { return offset_ >= file_.size(); }
  /// Behind what was walked along.
  std::size_t offset() const { return offset_; }

  // A folded block; `offset_` is its indicator.
  std::vector<Node::Segment> folded() {
    next_line();
    std::size_t indent = 0;
    std::size_t first = offset_;
    while (first < file_.size() && (is_blank(file_[first]) || file_[first] == '\n' || file_[first] == '\r')) {
      indent = file_[first] == ' ' ? indent + 1 : 0;
      ++first;
    }
    skip_to_line_with_text(indent);
    while (at_ < text_.size() && text_[at_] == '\n') ++at_;
    begin_segment();
    while (at_ < text_.size() && offset_ < file_.size()) {
      if (offset_ < line_end(file_, offset_)) {
        if (!step()) break;
        continue;
      }
      const std::size_t line_before = line_;
      next_line();
      skip_to_line_with_text(indent);
      if (text_[at_] == ' ') {
        ++at_;
      } else {
        for (std::size_t n = line_ - line_before; n > 0 && at_ < text_.size() && text_[at_] == '\n'; --n) ++at_;
      }
      begin_segment();
    }
    return std::move(segments_);
  }

 private:
  void begin_segment() { segments_.push_back({narrow(at_), narrow(line_), narrow(offset_ - line_start_ + 1)}); }

  bool step() {
    if (file_[offset_] != text_[at_]) return false;
    ++offset_;
    ++at_;
    return true;
  }

  void next_line() {
    const std::size_t end = file_.find('\n', offset_);
    offset_ = end == std::string_view::npos ? file_.size() : end + 1;
    line_start_ = offset_;
    ++line_;
  }

  void skip_to_line_with_text(std::size_t indent) {
    while (offset_ < file_.size() && file_.find_first_not_of(" \t\r", offset_) != std::string_view::npos &&
           file_[file_.find_first_not_of(" \t\r", offset_)] == '\n') {
      next_line();
    }
    offset_ = std::min(offset_ + indent, line_end(file_, offset_));
  }

  // A line break in a flow scalar with the blanks around it stands for one blank, or for line breaks where lines are empty.
  bool fold() {
    const std::size_t end = file_.find_first_not_of(" \t\r", offset_);
    if (end == std::string_view::npos || file_[end] != '\n') return false;
    std::size_t breaks = 0;
    while (offset_ < file_.size() && (is_blank(file_[offset_]) || file_[offset_] == '\r' || file_[offset_] == '\n')) {
      if (file_[offset_] == '\n') {
        ++breaks;
        ++line_;
        line_start_ = offset_ + 1;
      }
      ++offset_;
    }
    at_ += breaks > 1 ? breaks - 1 : 1;
    begin_segment();
    return true;
  }

  void escape() {
    const char kind = offset_ + 1 < file_.size() ? file_[offset_ + 1] : '\0';
    if (kind == '\n' || kind == '\r') {
      offset_ += 1;
      const std::size_t before = at_;
      fold();
      // The break itself is escaped, so it gives no blank; empty lines after it stay.
      if (at_ == before + 1) at_ = before;
      segments_.back().offset = narrow(at_);
      return;
    }
    std::size_t digits = 0;
    if (kind == 'x') digits = 2;
    if (kind == 'u') digits = 4;
    if (kind == 'U') digits = 8;
    offset_ += 2 + digits;
    ++at_;
    while (at_ < text_.size() && (static_cast<unsigned char>(text_[at_]) & 0xC0U) == 0x80U) ++at_;
    begin_segment();
  }

  std::string_view file_;
  const std::string& text_;
  std::size_t at_ = 0;
  std::size_t offset_;
  std::size_t line_;
  std::size_t line_start_;
  std::vector<Node::Segment> segments_;
};

void place_literal(std::string_view file_text, const ScalarStart& start, Node& node) {
  node.block = true;
  std::size_t first = file_text.find('\n', start.offset);
  first = first == std::string_view::npos ? file_text.size() : first + 1;
  // The first line of the text that is not empty tells the indentation: it is what the file's line has more.
  std::size_t offset = first;
  std::size_t text_offset = 0;
  while (text_offset < node.text.size() && node.text[text_offset] == '\n' && offset < file_text.size()) {
    offset = file_text.find('\n', offset);
    offset = offset == std::string_view::npos ? file_text.size() : offset + 1;
    ++text_offset;
  }
  const std::size_t text_length = std::min(node.text.find('\n', text_offset), node.text.size()) - text_offset;
  const std::size_t file_length = line_end(file_text, offset) - offset;
  const std::size_t indent = text_length > 0 && file_length > text_length ? file_length - text_length : 0;
  node.indent = static_cast<std::uint16_t>(std::min<std::size_t>(indent, 0xFFFF));
  node.where.line = narrow(start.line + 1);
  node.where.column = narrow(indent + 1);
  const std::size_t first_length = std::min(node.text.find('\n'), node.text.size());
  node.where.length = narrow(std::max<std::size_t>(1, first_length));
}

void place_by_segments(std::string_view file_text, const ScalarStart& start, Node& node, std::vector<Node::Segment> segments) {
  node.segments = std::make_shared<const std::vector<Node::Segment>>(std::move(segments));
  std::size_t end = line_end(file_text, start.offset);
  // With all of its segments on one line, the scalar ends before the line may.
  if (node.segments->back().line == start.line) {
    const Node::Segment& last = node.segments->back();
    const std::size_t line_start = start.offset - (start.column - 1);
    end = std::min(end, line_start + last.column - 1 + (node.text.size() - last.offset) + (node.quoted ? 1 : 0));
  }
  while (end > start.offset + 1 && is_blank(file_text[end - 1])) --end;
  node.where.length = narrow(end - start.offset);
}

// What YAML takes for a comment behind a plain scalar that ends at `end`.
void place_comment(std::string_view file_text, std::size_t end, Node& node) {
  const std::size_t last = line_end(file_text, end);
  std::size_t at = end;
  while (at < last && is_blank(file_text[at])) ++at;
  if (at == end || at == last || file_text[at] != '#' || node.text.empty()) return;
  Span where = node.place_of(node.text.size() - 1);
  const std::size_t line_break = file_text.rfind('\n', at);
  where.column = narrow(line_break == std::string_view::npos ? at + 1 : at - line_break);
  where.length = narrow(last - at);
  node.comment = std::make_shared<const Node::Comment>(Node::Comment{where, std::string(file_text.substr(at, last - at))});
}

}  // namespace

bool place_scalar(std::string_view file_text, const ScalarStart& start, Node& node) {
  node.where.line = narrow(start.line);
  node.where.column = narrow(start.column);
  node.where.length = narrow(std::max<std::size_t>(1, node.text.size() + (node.quoted ? 2 : 0)));
  const std::size_t size = node.text.size();
  const char first = start.offset < file_text.size() ? file_text[start.offset] : '\0';
  if (!node.quoted || (first != '"' && first != '\'' && first != '|' && first != '>')) {
    std::size_t plain_end = start.offset + size;
    if (file_text.substr(start.offset, size) != node.text) {
      Aligner aligner(file_text, start, node.text);
      place_by_segments(file_text, start, node, aligner.plain());
      plain_end = aligner.offset();
    }
    place_comment(file_text, plain_end, node);
  } else if (first == '|') {
    place_literal(file_text, start, node);
  } else if (first == '>') {
    node.segments = std::make_shared<const std::vector<Node::Segment>>(Aligner(file_text, start, node.text).folded());
    const Node::Segment& segment = node.segments->front();
    node.where.line = segment.line;
    node.where.column = segment.column;
    node.where.length = node.place_of(segment.offset, size).length;
  } else {
    const std::size_t end = start.offset + 1 + size;
    if (file_text.substr(start.offset + 1, size) == node.text && end < file_text.size() && file_text[end] == first) return true;
    Aligner aligner(file_text, start, node.text);
    place_by_segments(file_text, start, node, aligner.quoted());
    return !aligner.is_at_end();
  }
  return true;
}

}  // namespace penstock::yaml
