#include "pipelines/compiler/reading_order.h"

#include <algorithm>

namespace penstock::compiler {
namespace {

bool is_word_start(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }

bool is_word_part(char c) { return is_word_start(c) || (c >= '0' && c <= '9') || c == '$'; }

void add_words(std::string_view text, std::vector<std::string>& words) {
  for (std::size_t i = 0; i < text.size();) {
    if (!is_word_start(text[i])) {
      ++i;
      continue;
    }
    const std::size_t start = i;
    while (i < text.size() && is_word_part(text[i])) ++i;
    std::string word(text.substr(start, i - start));
    std::transform(word.begin(), word.end(), word.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    words.push_back(std::move(word));
  }
}

void add_words(const model::Node& node, std::vector<std::string>& words) {
  add_words(std::string_view(node.text), words);
  for (const model::Node& item : node.items) add_words(item, words);
  for (const model::Node::Entry& entry : node.entries) add_words(entry.value, words);
}

struct BodyWords {
  std::vector<std::string>& words;

  void operator()(const model::SqlBody& body) const { add_words(body.text, words); }
  void operator()(const model::NativeBody& body) const {
    for (const auto& name : body.reads) words.push_back(name.value);
  }
  void operator()(const model::ChainBody& body) const {
    words.push_back(body.from.value);
    for (const model::ComponentCall& call : body.calls) add_words(call.parameters, words);
  }
};

}  // namespace

std::vector<std::string> words_of(const model::Step& step) {
  std::vector<std::string> words;
  std::visit(BodyWords{words}, step.body);
  for (const auto& name : step.after) words.push_back(name.value);
  for (const model::Check& check : step.checks) {
    if (check.kind == "relationship") add_words(check.parameters, words);
  }
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  return words;
}

std::vector<int> reading_order(int count, const std::function<std::vector<int>(int)>& reads) {
  enum class Mark : char { fresh, open, done };
  struct Frame {
    int node;
    std::vector<int> reads;
    std::size_t next = 0;
  };
  std::vector<Mark> marks(static_cast<std::size_t>(count), Mark::fresh);
  std::vector<int> order;
  order.reserve(static_cast<std::size_t>(count));
  std::vector<Frame> stack;
  for (int root = 0; root < count; ++root) {
    if (marks[static_cast<std::size_t>(root)] != Mark::fresh) continue;
    marks[static_cast<std::size_t>(root)] = Mark::open;
    stack.push_back(Frame{root, reads(root)});
    while (!stack.empty()) {
      Frame& frame = stack.back();
      if (frame.next == frame.reads.size()) {
        marks[static_cast<std::size_t>(frame.node)] = Mark::done;
        order.push_back(frame.node);
        stack.pop_back();
        continue;
      }
      const int read = frame.reads[frame.next++];
      if (marks[static_cast<std::size_t>(read)] != Mark::fresh) continue;
      marks[static_cast<std::size_t>(read)] = Mark::open;
      stack.push_back(Frame{read, reads(read)});
    }
  }
  return order;
}

}  // namespace penstock::compiler
