#include "pipelines/compiler/targets.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "pipelines/compiler/placement.h"
#include "pipelines/compiler/step_input.h"
#include "pipelines/publish/plan.h"

namespace penstock::compiler {
namespace {

using dialects::Dialect;

/// What a target cannot say, at its place in the file.
struct Refused {
  Span where;
  std::string message;
  std::string hint;
};

using Place = std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>;

Place place_of(Span where) { return {where.file, where.line, where.column}; }

/// "bigquery", "bigquery and trino", "bigquery, synapse and trino".
std::string joined(const std::vector<const Dialect*>& targets) {
  std::string text;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    if (i > 0) text += i + 1 == targets.size() ? " and " : ", ";
    text += targets[i]->name();
  }
  return text;
}

bool holds(const std::vector<const Dialect*>& targets, const Dialect* target) {
  return std::find(targets.begin(), targets.end(), target) != targets.end();
}

class TargetCheck {
 public:
  TargetCheck(const CompiledStep& step, Targets targets) : step_(step), targets_(targets) {}

  void look_at(const Dialect& target, const publish::StepInput& input) {
    if (step_.is_native() && target.name() != step_.dialect) {
      add(target, {std::get<model::NativeBody>(step_.step->body).text.where, "its native_sql is in the language of " + step_.dialect,
                   "write the query under sql:"});
      return;
    }
    std::vector<dialects::Refusal> found;
    for (const ir::Statement& statement : statements_of(target, input)) {
      std::vector<dialects::Refusal> more = target.refusals(statement);
      found.insert(found.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }
    for (const dialects::Refusal& refusal : found) {
      if (!refusal.place && is_said_elsewhere(refusal, found)) continue;
      const Span where = step_.places.span(refusal.place);
      add(target, {where ? where : step_.step->where, refusal.message, refusal.hint});
    }
  }

  void report(Diagnostics& diagnostics) const {
    for (const auto& [place, here] : refused_) {
      // Targets refuse one thing in different words: who can is who refuses nothing there.
      std::vector<const Dialect*> others(targets_.begin(), targets_.end());
      for (const auto& [words, targets] : here) {
        std::erase_if(others, [&, refusing = &targets](const Dialect* target) { return holds(*refusing, target); });
      }
      for (const auto& [words, targets] : here) {
        std::string message = "step \"" + step_.step->name + "\" cannot run on " + joined(targets);
        if (!others.empty()) message += " (" + joined(others) + " can)";
        diagnostics.error(Code::target_cannot, words.where, message + ": " + words.message, {}, words.hint);
      }
    }
  }

 private:
  /// All that publishes the step; where that cannot be laid out, the query and the checks.
  std::vector<ir::Statement> statements_of(const Dialect& target, const publish::StepInput& input) {
    // What native SQL gives may be known only once it has been asked; what publishes a step that has errors is not known.
    const bool is_probed = step_.is_native() && input.columns.empty();
    std::vector<ir::Statement> statements;
    if (!is_probed && !step_.diagnostics.has_errors()) {
      Result<publish::StepPlan> plan = publish::plan_step(input, target.capabilities());
      if (plan) {
        for (publish::Unit& unit : plan->units) std::move(unit.statements.begin(), unit.statements.end(), std::back_inserter(statements));
        return statements;
      }
      if (plan.error().kind == ErrorKind::refused) add_plan_error(target, plan.error());
    }
    const bool is_view = step_.step->publish.mode == model::Publish::Mode::view;
    if (is_view) statements.emplace_back(ir::CreateView{input.target, input.query});
    if (!is_view && !is_probed) statements.emplace_back(ir::CreateTableAs{input.target, input.query});
    for (const publish::CompiledCheck& check : input.checks) statements.emplace_back(ir::SelectStatement{check.failing});
    return statements;
  }

  void add_plan_error(const Dialect& target, const Error& error) {
    const std::string named = "step \"" + step_.name + "\": ";
    const std::string message = error.message.starts_with(named) ? error.message.substr(named.size()) : error.message;
    const Span where = step_.step->publish.where;
    add(target, {where ? where : step_.step->where, message, error.hint});
  }

  // What publishes the rows repeats what the query does, and knows no place.
  static bool is_said_elsewhere(const dialects::Refusal& refusal, const std::vector<dialects::Refusal>& found) {
    return std::any_of(found.begin(), found.end(),
                       [&](const dialects::Refusal& other) { return other.place && other.message == refusal.message; });
  }

  void add(const Dialect& target, Refused refused) {
    auto& here = refused_[place_of(refused.where)];
    auto known = std::find_if(here.begin(), here.end(), [&](const auto& other) {
      return other.first.message == refused.message && other.first.hint == refused.hint;
    });
    if (known == here.end()) known = here.insert(here.end(), {std::move(refused), {}});
    if (!holds(known->second, &target)) known->second.push_back(&target);
  }

  const CompiledStep& step_;
  const Targets targets_;
  std::map<Place, std::vector<std::pair<Refused, std::vector<const Dialect*>>>> refused_;
};

}  // namespace

void check_targets(const CompiledStep& step, Targets targets, Diagnostics& diagnostics) {
  if (step.query == nullptr) return;
  const std::vector<TableName> read = ir::tables_read(*step.query);
  // The loader has said that a source has no name.
  if (std::any_of(read.begin(), read.end(), [](const TableName& table) { return table.name.empty(); })) return;
  const Result<publish::StepInput> input = example_input(step);
  if (!input) return;
  TargetCheck check(step, targets);
  for (const Dialect* target : targets) check.look_at(*target, *input);
  check.report(diagnostics);
}

}  // namespace penstock::compiler
