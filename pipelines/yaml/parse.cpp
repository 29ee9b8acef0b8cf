#include "pipelines/yaml/parse.h"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <array>
#include <istream>
#include <streambuf>

#include "pipelines/yaml/builder.h"
#include "pipelines/yaml/syntax_error.h"
#include "pipelines/yaml/text.h"

namespace penstock::yaml {
namespace {

// Reads from a text without a copy of it.
class ViewBuffer : public std::streambuf {
 public:
  explicit ViewBuffer(std::string_view text) {
    char* begin = const_cast<char*>(text.data());
    setg(begin, begin, begin + text.size());
  }
};

bool is_number(std::string_view text) {
  std::size_t i = !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  if (text.substr(i) == ".inf" || text.substr(i) == ".Inf" || text.substr(i) == ".INF") return true;
  if (text == ".nan" || text == ".NaN" || text == ".NAN") return true;
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'o')) {
    const std::string_view digits = text[1] == 'x' ? "0123456789abcdefABCDEF" : "01234567";
    return text.find_first_not_of(digits, 2) == std::string_view::npos;
  }
  const auto digits = [&] {
    const std::size_t start = i;
    while (i < text.size() && text[i] >= '0' && text[i] <= '9') ++i;
    return i - start;
  };
  std::size_t count = digits();
  if (i < text.size() && text[i] == '.') {
    ++i;
    count += digits();
  }
  if (count == 0) return false;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    if (digits() == 0) return false;
  }
  return i == text.size();
}

}  // namespace

bool is_special(std::string_view plain) {
  constexpr std::array<std::string_view, 11> kWords = {"", "~", "null", "Null", "NULL", "true", "True", "TRUE", "false", "False", "FALSE"};
  for (const std::string_view word : kWords) {
    if (plain == word) return true;
  }
  return is_number(plain);
}

std::optional<model::Node> parse(std::string_view text, std::uint32_t file, Diagnostics& diagnostics) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark) text.remove_prefix(kByteOrderMark.size());
  if (!is_readable(text, file, diagnostics)) return std::nullopt;
  Builder builder(text, file, diagnostics);
  try {
    ViewBuffer buffer(text);
    std::istream stream(&buffer);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {}
  } catch (const StopParsing&) {
    return std::nullopt;
  } catch (const YAML::Exception& exception) {
    diagnostics.add(explain_syntax_error(exception.msg, exception.mark, text, file, builder));
    return std::nullopt;
  }
  model::Node root = builder.take();
  if (!root.where) root.where = Span{file, 1, 1, 1};
  return root;
}

}  // namespace penstock::yaml
