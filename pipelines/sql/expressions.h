#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "pipelines/components/component.h"
#include "pipelines/sql/places.h"
#include "pipelines/sql/query.h"

namespace penstock::sql {

/// The expressions of components and checks, in the same language as SELECT. Subqueries may name `tables`; pass null to refuse them.
/// What is read gets its places from `places`, which keeps the texts. Borrows everything; one thread.
class Expressions final : public components::ExpressionParser {
 public:
  Expressions(const Tables* tables, const Parameters& parameters, Diagnostics& diagnostics, Places* places = nullptr)
      : tables_(tables), parameters_(parameters), diagnostics_(diagnostics), places_(places) {}

  ir::Place place(const model::Node& text) override { return places_ == nullptr ? ir::Place{} : places_->add(text); }

  ir::ExpressionPtr scalar(const model::Node& text, const ir::Scope& scope) override;
  ir::ExpressionPtr predicate(const model::Node& text, const ir::Scope& scope) override;
  bool sort_key(const model::Node& text, const ir::Scope& scope, ir::SortKey& key) override;
  ir::ExpressionPtr aggregate(const model::Node& text, const ir::Scope& scope, std::span<const ir::NamedExpression> keys,
                              std::vector<ir::Aggregate::NamedCall>& calls) override;

  /// A column that an expression read from an open item of a scope and that the item did not list. Its ColumnRef counts from the number
  /// of the scope's columns on, in the order of first use; whoever owns the relation lists it there and builds again.
  struct OpenColumn {
    Identifier item;
    Identifier column;
  };
  const std::vector<OpenColumn>& open_columns() const { return open_columns_; }

 private:
  const Tables* tables_;
  const Parameters& parameters_;
  Diagnostics& diagnostics_;
  Places* places_;
  std::vector<OpenColumn> open_columns_;
};

}  // namespace penstock::sql
