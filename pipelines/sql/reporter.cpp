#include "pipelines/sql/reporter.h"

#include <algorithm>
#include <utility>

namespace penstock::sql {

Span Reporter::place(std::size_t offset) const {
  const std::size_t inside = std::min(offset - std::min(offset, prefix_), node_.text.size());
  return node_.place_of(inside, token_length(node_.text, inside));
}

void Reporter::error(std::size_t offset, Code code, std::string message, std::string suggestion, std::string help) const {
  diagnostics_.error(code, place(offset), std::move(message), std::move(suggestion), std::move(help));
}

void Reporter::warning(std::size_t offset, Code code, std::string message, std::string suggestion, std::string help) const {
  diagnostics_.warning(code, place(offset), std::move(message), std::move(suggestion), std::move(help));
}

void Reporter::failure(std::size_t offset, const Error& error) const {
  const Code code = error.kind == ErrorKind::not_found ? Code::unknown_function : Code::type_mismatch;
  diagnostics_.error(code, place(offset), error.message, {}, error.hint);
}

void Reporter::unsupported(std::size_t offset, std::string message, std::string help) const {
  diagnostics_.error(Code::sql_unsupported, place(offset), std::move(message), {}, std::move(help));
}

}  // namespace penstock::sql
