#include <algorithm>

#include "pipelines/publish/layout.h"

namespace penstock::publish {
namespace {

using Policy = model::Publish::Drift;
using ir::TypeKind;

constexpr std::uint32_t kUuidLength = 36;

int integer_digits(const ir::Type& type) {
  if (type.kind == TypeKind::int16) return 5;
  if (type.kind == TypeKind::int32) return 10;
  return 19;
}

bool integer_fits(const ir::Type& from, const ir::Type& to) {
  if (to.is_integer()) return integer_digits(from) <= integer_digits(to);
  if (to.kind == TypeKind::decimal) return integer_digits(from) <= to.precision - to.scale;
  if (to.kind == TypeKind::float64) return from.kind != TypeKind::int64;
  return to.kind == TypeKind::float32 && from.kind == TypeKind::int16;
}

bool decimal_fits(const ir::Type& from, const ir::Type& to) {
  return to.kind == TypeKind::decimal && from.scale <= to.scale && from.precision - from.scale <= to.precision - to.scale;
}

// Whether every value of one type is kept by the other.
bool fits(const ir::Type& from, const ir::Type& to) {
  if (from == to || from.is_unknown() || to.is_unknown() || from.kind == TypeKind::null) return true;
  if (from.is_integer()) return integer_fits(from, to);
  if (from.kind == TypeKind::decimal) return decimal_fits(from, to);
  if (from.kind == TypeKind::float32) return to.kind == TypeKind::float64;
  if (from.kind == TypeKind::varchar) return to.kind == TypeKind::text || (to.kind == TypeKind::varchar && from.length <= to.length);
  if (from.kind == TypeKind::uuid) return to.kind == TypeKind::text || (to.kind == TypeKind::varchar && to.length >= kUuidLength);
  if (from.kind == TypeKind::date) return to.kind == TypeKind::timestamp;
  if (from.kind == TypeKind::array && to.kind == TypeKind::array) return from.element && to.element && fits(*from.element, *to.element);
  return false;
}

bool stays_within_kind(const ir::Type& from, const ir::Type& to) {
  if (from.is_integer()) return to.is_integer();
  if (from.is_float()) return to.is_float();
  if (from.is_text()) return to.is_text();
  return from.kind == TypeKind::decimal && to.kind == TypeKind::decimal && from.scale == to.scale;
}

std::string quoted(const ir::Column& column) { return "column \"" + column.name.text() + "\""; }

std::string added_words(const ir::Column& column) { return quoted(column) + " (" + ir::to_string(column.type) + ") is new"; }
std::string removed_words(const ir::Column& column) { return quoted(column) + " is no longer given"; }
std::string changed_words(const ir::Column& had, const ir::Column& has) {
  return quoted(has) + " was " + ir::to_string(had.type) + " and is " + ir::to_string(has.type);
}

/// The comparison of one table with one step, and what the policy makes of it.
class Comparison {
 public:
  Comparison(const StepInput& input, Policy policy, const dialects::Capabilities& can) : input_(input), policy_(policy), can_(can) {}

  Result<Drift> run(const ir::Columns& wanted) {
    for (const ir::Column& column : wanted) visit(column);
    for (const ir::Column& column : input_.facts.columns) {
      if (!ir::find_column(wanted, column.name)) visit_removed(column);
    }
    if (refused_.empty()) return std::move(drift_);
    std::string message = "step \"" + input_.step + "\": the table " + to_string(input_.target) + " differs: ";
    for (std::size_t i = 0; i < refused_.size(); ++i) message += (i > 0 ? "; " : "") + refused_[i];
    return fail(ErrorKind::refused, std::move(message), hint());
  }

 private:
  void visit(const ir::Column& column) {
    const auto place = ir::find_column(input_.facts.columns, column.name);
    if (!place) {
      visit_added(column);
      return;
    }
    const ir::Column& had = input_.facts.columns[static_cast<std::size_t>(*place)];
    ir::Column kept = column;
    if (!had.type.is_unknown()) kept.type = had.type;
    if (!fits(column.type, had.type)) kept.type = visit_changed(had, column);
    drift_.columns.push_back(std::move(kept));
  }

  void visit_added(const ir::Column& column) {
    drift_.columns.push_back(column);
    if (policy_ == Policy::fail || !can_.add_column || column.type.is_unknown()) {
      refused_.push_back(added_words(column));
      return;
    }
    ir::Column nullable = column;
    nullable.nullable = true;
    drift_.before.emplace_back(ir::AddColumn{input_.target, std::move(nullable), true});
    drift_.words.push_back(added_words(column) + ": it is added, NULL in the rows that are there");
  }

  ir::Type visit_changed(const ir::Column& had, const ir::Column& column) {
    const bool widens = policy_ == Policy::widen || policy_ == Policy::sync;
    needs_widening_ = needs_widening_ || fits(had.type, column.type);
    const bool fits_here = can_.widening == dialects::Widening::any || stays_within_kind(had.type, column.type);
    if (fits(had.type, column.type) && !fits_here) needs_new_table_ = true;
    if (!widens || !fits_here || !fits(had.type, column.type)) {
      refused_.push_back(changed_words(had, column));
      return had.type;
    }
    ir::Column wider = column;
    wider.nullable = true;
    drift_.before.emplace_back(ir::AlterColumnType{input_.target, std::move(wider)});
    drift_.words.push_back(changed_words(had, column) + ": it is widened");
    return column.type;
  }

  void visit_removed(const ir::Column& column) {
    if (policy_ == Policy::fail) {
      refused_.push_back(removed_words(column));
    } else if (policy_ == Policy::sync) {
      drift_.after.emplace_back(ir::DropColumn{input_.target, column.name, true});
      drift_.words.push_back(removed_words(column) + ": it is dropped");
    } else if (!column.nullable) {
      refused_.push_back(removed_words(column) + ", and it must not be NULL");
    } else {
      drift_.words.push_back(removed_words(column) + ": it stays, NULL in new rows");
    }
  }

  std::string hint() const {
    if (policy_ == Policy::fail) return "say what to do with `on_schema_change: add`, `widen` or `sync`, or change the step";
    if (needs_new_table_) {
      return "here a type is only widened to a longer one of its kind: cast in the step to the type of the table, or make the table anew";
    }
    if (policy_ == Policy::add && needs_widening_) return "`on_schema_change: widen` also widens types";
    return "change the step's type or the table by hand: nothing is converted in a way that could lose values";
  }

  const StepInput& input_;
  Policy policy_;
  const dialects::Capabilities& can_;
  Drift drift_;
  std::vector<std::string> refused_;
  bool needs_widening_ = false;
  bool needs_new_table_ = false;
};

}  // namespace

Result<Drift> reconcile(const StepInput& input, const ir::Columns& wanted, Policy policy, const dialects::Capabilities& can) {
  return Comparison(input, policy, can).run(wanted);
}

std::vector<std::string> differences(const ir::Columns& table, const ir::Columns& wanted) {
  std::vector<std::string> words;
  for (const ir::Column& column : wanted) {
    const auto place = ir::find_column(table, column.name);
    if (!place) {
      words.push_back(added_words(column));
      continue;
    }
    const ir::Column& had = table[static_cast<std::size_t>(*place)];
    if (!fits(column.type, had.type)) words.push_back(changed_words(had, column));
  }
  for (const ir::Column& column : table) {
    if (!ir::find_column(wanted, column.name)) words.push_back(removed_words(column));
  }
  return words;
}

}  // namespace penstock::publish
