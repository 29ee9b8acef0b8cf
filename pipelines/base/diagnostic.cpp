#include "pipelines/base/diagnostic.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "pipelines/base/utf8.h"

namespace penstock {
namespace {

std::size_t hash_of(const Diagnostic& diagnostic) {
  std::size_t hash = std::hash<std::string>()(diagnostic.message);
  const auto mix = [&hash](std::size_t value) { hash = hash * 1099511628211U + value; };
  mix(static_cast<std::size_t>(diagnostic.code));
  mix(diagnostic.where.file);
  mix(diagnostic.where.line);
  mix(diagnostic.where.column);
  return hash;
}

bool is_same_fault(const Diagnostic& left, const Diagnostic& right) {
  return left.code == right.code && left.where.file == right.where.file && left.where.line == right.where.line &&
         left.where.column == right.where.column && left.message == right.message;
}

// What a person wrote may be of any length; a message that repeats it is not.
constexpr std::size_t kLongestText = 2'000;

std::string presentable(std::string text) { return shortened(as_utf8(std::move(text)), kLongestText); }

}  // namespace

void Diagnostics::add(Diagnostic diagnostic) {
  diagnostic.message = presentable(std::move(diagnostic.message));
  diagnostic.suggestion = presentable(std::move(diagnostic.suggestion));
  diagnostic.help = presentable(std::move(diagnostic.help));
  for (Diagnostic::Related& related : diagnostic.related) related.message = presentable(std::move(related.message));
  const std::size_t hash = hash_of(diagnostic);
  const auto [first, last] = by_hash_.equal_range(hash);
  for (auto known = first; known != last; ++known) {
    if (is_same_fault(all_[known->second], diagnostic)) return;
  }
  if (diagnostic.severity == Severity::error) ++error_count_;
  by_hash_.emplace(hash, all_.size());
  all_.push_back(std::move(diagnostic));
}

void Diagnostics::error(Code code, Span where, std::string message, std::string suggestion, std::string help) {
  add(Diagnostic{code, Severity::error, where, std::move(message), std::move(suggestion), std::move(help), {}});
}

void Diagnostics::warning(Code code, Span where, std::string message, std::string suggestion, std::string help) {
  add(Diagnostic{code, Severity::warning, where, std::move(message), std::move(suggestion), std::move(help), {}});
}

std::vector<Diagnostic> Diagnostics::sorted() const {
  std::vector<Diagnostic> result = all_;
  const auto place = [](const Diagnostic& d) { return std::tuple(d.where.file, d.where.line, d.where.column); };
  std::stable_sort(result.begin(), result.end(),
                   [&](const Diagnostic& left, const Diagnostic& right) { return place(left) < place(right); });
  return result;
}

void Diagnostics::append(const Diagnostics& other) {
  for (const Diagnostic& diagnostic : other.all_) add(diagnostic);
}

}  // namespace penstock
