#include <algorithm>

#include "pipelines/sql/lifting.h"
#include "pipelines/sql/resolver.h"

// Where the digits of a quotient, of a mean or of a long product would show that another target does not have.

namespace penstock::sql {
namespace {

using ir::Function;
using ir::TypeKind;

// An aggregate stands in its expression as a column far beyond all others; of these only means and what is made of quotients have such a type.
bool is_mean(const ir::Expression& expression) {
  const auto* column = std::get_if<ir::ColumnRef>(&expression.node);
  return column != nullptr && column->column >= kAggregateBase && expression.type.precision == ir::kMaxDecimalPrecision &&
         expression.type.scale == ir::kQuotientScale;
}

/// A quotient or a mean, or computed from one, that nothing has rounded.
bool has_open_digits(const ir::Expression& expression) {
  if (expression.type.kind != TypeKind::decimal || expression.type.scale < ir::kQuotientScale) return false;
  if (is_mean(expression)) return true;
  if (const auto* cast = std::get_if<ir::Cast>(&expression.node)) return has_open_digits(*cast->operand);
  const auto open = [](const ir::ExpressionPtr& one) { return one && has_open_digits(*one); };
  if (const auto* cases = std::get_if<ir::Case>(&expression.node)) {
    return open(cases->otherwise) ||
           std::any_of(cases->branches.begin(), cases->branches.end(), [&](const auto& branch) { return open(branch.result); });
  }
  const auto* call = std::get_if<ir::Call>(&expression.node);
  if (call == nullptr || call->function == Function::round || call->function == Function::truncate) return false;
  return call->function == Function::divide_decimals || std::any_of(call->arguments.begin(), call->arguments.end(), open);
}

int scale_of(const ir::Expression& expression) { return expression.type.kind == TypeKind::decimal ? int{expression.type.scale} : 0; }

}  // namespace

void Resolver::warn_of_open_digits(const ir::Expression& number, std::size_t place) const {
  if (!has_open_digits(number)) return;
  reporter_.warning(place, Code::more_digits, "the text of a quotient or a mean has as many digits as the target computes", {},
                    "round it first: cast(round(x, 6) as text)");
}

void Resolver::warn_of_cut_product(const ir::Resolution& resolution, const std::vector<ir::ExpressionPtr>& factors, std::size_t place) const {
  if (resolution.function != Function::multiply || resolution.result.kind != TypeKind::decimal) return;
  const int scale = scale_of(*factors[0]) + scale_of(*factors[1]);
  if (scale <= resolution.result.scale) return;
  reporter_.warning(place, Code::more_digits,
                    "of this product's " + std::to_string(scale) + " fraction digits " + std::to_string(resolution.result.scale) +
                        " are kept, and PostgreSQL keeps all",
                    {}, "round the factors first: round(x, 8) * round(y, 8)");
}

}  // namespace penstock::sql
