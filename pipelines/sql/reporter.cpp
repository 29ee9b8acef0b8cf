#include "pipelines/sql/reporter.h"

#include <algorithm>
#include <utility>

namespace penstock::sql {

std::size_t Reporter::inside(std::size_t offset) const { return std::min(offset - std::min(offset, prefix_), node_.text.size()); }

Span Reporter::place(std::size_t offset) const {
  const std::size_t at = inside(offset);
  return node_.place_of(at, token_length(node_.text, at));
}

ir::Place Reporter::mark(std::size_t offset) const { return {first_.number + static_cast<std::uint32_t>(inside(offset))}; }

std::size_t Reporter::offset_of(ir::Place place) const { return place ? prefix_ + place.number - first_.number : 0; }

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
