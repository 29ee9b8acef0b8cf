#include "pipelines/publish/plan.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "pipelines/publish/layout.h"
#include "pipelines/publish/table_layout.h"

namespace penstock::publish {
namespace {

using Mode = model::Publish::Mode;
using Kind = TargetFacts::Kind;
using Purpose = Unit::Purpose;

bool all_types_known(const ir::Columns& columns) {
  return std::none_of(columns.begin(), columns.end(), [](const ir::Column& column) {
    return column.type.is_unknown() || (column.type.element != nullptr && column.type.element->is_unknown());
  });
}

// Columns of a new table: what a bare NULL is, is text, as PostgreSQL makes it; what may be NULL is for checks to say.
ir::Columns columns_to_create(ir::Columns columns) {
  for (ir::Column& column : columns.edit()) {
    column.nullable = true;
    if (column.type.kind == ir::TypeKind::null) column.type = ir::Type::of(ir::TypeKind::text);
  }
  return columns;
}

// The table lies as another layout made it, and the step wants it to be made anew.
bool asks_for_rebuild(const StepInput& input) {
  return input.layout != nullptr && input.layout->on_change == model::TableLayout::Change::rebuild && input.facts.has_other_layout;
}

/// Lays out one step; every method appends units to the plan.
class Planner {
 public:
  Planner(const StepInput& input, const dialects::Capabilities& can) : layout_{input, can, {}}, input_(input), can_(can) {}

  Result<StepPlan> run() {
    plan().target = input_.target;
    if (input_.layout != nullptr && input_.publish->mode != Mode::view) {
      lies_ = settle_layout(*input_.layout, published_columns(*input_.publish, input_.columns), can_.layout);
    }
    plan().staged = working_table(staged_name(input_.target, input_.run_id, input_.step, can_));
    const Result<void> done = input_.publish->mode == Mode::view ? lay_out_view() : lay_out_table();
    if (!done) return Failure(done.error());
    for (Unit& unit : plan().units) {
      unit.remakes = remakings_in(unit.statements, input_.facts.dependants);
      unit.makes_table = std::any_of(unit.statements.begin(), unit.statements.end(), [&](const auto& one) { return makes(one); });
    }
    return std::move(layout_.plan);
  }

 private:
  StepPlan& plan() { return layout_.plan; }
  // A table that gets back what the one before it had, its settings among that, does not lie as the step says.
  bool makes(const ir::Statement& statement) const {
    if (!input_.facts.dependants.restoring.empty() && !lies_.layout.properties.empty()) return false;
    if (const auto* create = std::get_if<ir::CreateTable>(&statement)) return create->table == input_.target;
    if (const auto* create = std::get_if<ir::CreateTableAs>(&statement)) return create->table == input_.target;
    const auto* rename = std::get_if<ir::RenameTable>(&statement);
    return rename != nullptr && rename->to == input_.target.name;
  }
  bool exists() const { return input_.facts.kind == Kind::table; }
  bool replaces_all() const { return input_.publish->mode == Mode::table; }

  TableName working_table(Identifier name) const { return {input_.target.catalog, input_.target.schema, std::move(name)}; }

  Result<void> collect_checks() {
    auto implied = mode_checks(input_);
    if (!implied) return Failure(implied.error());
    plan().checks = input_.checks;
    for (CompiledCheck& check : *implied) plan().checks.push_back(std::move(check));
    return {};
  }

  void add_check_unit() {
    if (!plan().checks.empty()) layout_.add(Purpose::check, {check_query(plan())}, true);
  }

  // ---- views

  Result<void> lay_out_view() {
    if (exists() && !can_.transactional_ddl) {
      return fail(ErrorKind::refused,
                  "step \"" + input_.step + "\": " + to_string(input_.target) +
                      " is a table, and this target cannot put a view in its place in one act",
                  "drop the table by hand, or publish under another name (publish: {table: ...})");
    }
    add_ledger(can_.transactional_ddl);
    plan().checks = input_.checks;
    if (!plan().checks.empty()) {
      if (!can_.create_or_replace_view) layout_.add(Purpose::stage, {ir::DropView{plan().staged}}, true);
      layout_.add(Purpose::stage, {ir::CreateView{plan().staged, input_.query}}, can_.create_or_replace_view);
      add_check_unit();
    }
    std::vector<ir::Statement> statements;
    if (exists()) {
      statements.emplace_back(ir::DropTable{input_.target});
      plan().drift.push_back("the table " + to_string(input_.target) + " becomes a view");
    } else if (input_.facts.kind == Kind::view && can_.transactional_ddl && !extends_view()) {
      statements.emplace_back(ir::DropView{input_.target});
    }
    const bool replaces = input_.facts.kind == Kind::view && statements.empty();
    std::vector<ir::Statement> options;
    for (const std::string& option : input_.facts.options) options.emplace_back(ir::NativeStatement{option});
    if (exists() || (input_.facts.kind == Kind::view && !extends_view())) take({});
    statements.emplace_back(ir::CreateView{input_.target, input_.query, replaces});
    if (replaces) statements.insert(statements.end(), options.begin(), options.end());
    if (auto good = add_dependants(input_.query->columns, statements); !good) return good;
    if (can_.transactional_ddl) {
      layout_.add_publish({Layout::Held::name, {}, nullptr, std::move(statements), true});
    } else {
      layout_.add(Purpose::publish, std::move(statements), can_.create_or_replace_view || replaces);
    }
    if (!plan().checks.empty()) layout_.add(Purpose::cleanup, {ir::DropView{plan().staged}}, true);
    return {};
  }

  // ---- what is taken away from readers

  void take(std::vector<Identifier> columns) { plan().taken = Taken{std::move(columns)}; }

  Result<void> add_dependants(const ir::Columns& columns, std::vector<ir::Statement>& statements) {
    if (!plan().taken) return {};
    auto all = with_dependants(input_, *plan().taken, columns, std::move(statements));
    if (!all) return Failure(all.error());
    statements = *std::move(all);
    for (const DependentView& view : input_.facts.dependants.views) {
      plan().drift.push_back("the view " + to_string(view.name) + " is made again");
    }
    return {};
  }

  // Columns that are only widened or dropped; a table that is replaced takes all of them.
  void take_altered() {
    std::vector<Identifier> columns;
    for (const auto* list : {&drift_.before, &drift_.after}) {
      for (const ir::Statement& statement : *list) {
        if (const auto* alter = std::get_if<ir::AlterColumnType>(&statement)) columns.push_back(alter->column.name);
        if (const auto* drop = std::get_if<ir::DropColumn>(&statement)) columns.push_back(drop->column);
      }
    }
    if (!columns.empty()) take(std::move(columns));
  }

  // CREATE OR REPLACE VIEW may only add columns at the end on some targets; where DDL is transactional, all else is drop and create.
  bool extends_view() {
    const ir::Columns& had = input_.facts.columns;
    if (had.size() > input_.columns.size()) return false;
    for (std::size_t i = 0; i < had.size(); ++i) {
      const ir::Column& now = input_.columns[i];
      const bool unknown = had[i].type.is_unknown() || now.type.is_unknown();
      if (had[i].name != now.name || (!unknown && !(had[i].type == now.type))) return false;
    }
    return true;
  }

  // ---- tables

  Result<void> lay_out_table() {
    if (input_.columns.empty()) {
      return invalid(input_, "its columns are not known, so that no table can be written",
                     "declare them beside native_sql (columns: {name: type})");
    }
    if (auto good = check_target_kind(); !good) return good;
    if (auto good = collect_checks(); !good) return good;
    if (auto good = settle_columns(); !good) return good;
    add_ledger(true);
    if (auto good = forget_seen(); !good) return good;
    const bool creates = needs_creation();
    const bool creates_late = creates && !all_types_known(drift_.columns);
    if (creates && !creates_late) add_creation();
    if (exists() && !replaces_all() && asks_for_rebuild(input_) && can_.layout.rebuilds) add_rebuild();
    if (!alters_in_publish()) layout_.add(Purpose::prepare, drift_.before, can_.guarded_columns);
    add_stage(plan().staged, input_.query, stages_table() ? lies_.layout : ir::TableLayout());
    add_check_unit();
    const Result<void> published = input_.publish->mode == Mode::scd2 ? publish_history(creates_late) : publish_staged(creates_late);
    if (!published) return published;
    if (!alters_in_publish()) layout_.add(Purpose::cleanup, drift_.after, can_.guarded_columns);
    std::vector<ir::Statement> drops{ir::DropTable{plan().staged}};
    if (stages_versions()) drops.emplace_back(ir::DropTable{versions_table()});
    layout_.add(Purpose::cleanup, std::move(drops), true);
    return {};
  }

  Result<void> publish_staged(bool creates_late) {
    const Rows rows = rows_of(plan().staged, input_.columns, drift_.columns);
    if (creates_late) add_creation_from(rows);
    auto statements = statements_for(rows);
    if (!statements) return Failure(statements.error());
    return add_publish({}, ir::scan(plan().staged, input_.columns, Identifier::exact("staged")), *std::move(statements));
  }

  TableName versions_table() const { return working_table(versions_name(input_.target, input_.run_id, input_.step, can_)); }

  // Where a transaction cannot make a table, the histories are made before it; and where there is no transaction, what has to be
  // remembered, because after the first act it can no longer be told.
  bool stages_versions() const { return input_.publish->mode == Mode::scd2 && !alters_in_publish(); }

  // The histories are made of the table as it is when it is held: in the transaction, or in the one statement. What others publish between
  // staging and publishing is part of them.
  Result<void> publish_history(bool creates_late) {
    const auto seen = seen_table(input_, drift_.columns, can_);
    if (!seen) return Failure(seen.error());
    if (creates_late) {
      const auto first = rebuilt_history(input_, plan().staged, drift_.columns, *seen, false);
      if (!first) return Failure(first.error());
      add_seen(*seen, *first);
      add_creation_from(rows_of(versions_in(*first), drift_.columns));
    } else {
      add_seen(*seen, all_types_known(seen->columns) ? nullptr : ir::scan(plan().staged, input_.columns));
    }
    const auto history = rebuilt_history(input_, plan().staged, drift_.columns, *seen, true);
    if (!history) return Failure(history.error());
    return layout_.is_transactional() ? publish_held_history(*seen, *history) : publish_history_by_statements(*seen, *history);
  }

  Result<void> publish_held_history(const SeenTable& seen, const ir::RelationPtr& history) {
    const TableName table = versions_table();
    const ir::RelationPtr all = ir::scan(table, history->columns, Identifier::exact("staged"));
    const ir::RelationPtr versions = versions_in(all);
    auto statements = remember(layout_, seen, all);
    if (!statements) return Failure(statements.error());
    auto replaced = with_key([&] { return replace_by_key(layout_, rows_of(versions, drift_.columns), rows_of(all, drift_.columns)); });
    if (!replaced) return Failure(replaced.error());
    std::move(replaced->begin(), replaced->end(), std::back_inserter(*statements));
    std::vector<ir::Statement> reading;
    if (stages_versions()) {
      add_stage(table, history);
    } else {
      reading.emplace_back(ir::CreateTableAs{table, in_order(history, lies_.order), false, false});
      statements->emplace_back(ir::DropTable{table, false});
    }
    return add_publish(std::move(reading), versions, *std::move(statements));
  }

  // What was seen may only be remembered of rows that are published, so that comes second.
  Result<void> publish_history_by_statements(const SeenTable& seen, const ir::RelationPtr& history) {
    add_stage(versions_table(), history);
    const Rows rows = rows_of(versions_in(history), drift_.columns);
    const ir::Columns given(drift_.columns.begin(), drift_.columns.begin() + static_cast<std::ptrdiff_t>(input_.columns.size()));
    // Missing keys are closed: then keys that did not come are replaced, too.
    const Rows keyed = closes_missing(*input_.publish) ? rows_of(history, drift_.columns)
                                                       : Rows{rows_of(plan().staged, input_.columns, given).rows, drift_.columns};
    auto statements = with_key([&] { return replace_by_key(layout_, rows, keyed); });
    if (!statements) return Failure(statements.error());
    auto remembered = remember(layout_, seen, ir::scan(versions_table(), history->columns, Identifier::exact("staged")));
    if (!remembered) return Failure(remembered.error());
    std::move(remembered->begin(), remembered->end(), std::back_inserter(*statements));
    return add_publish({}, nullptr, *std::move(statements));
  }

  // Where there is no published table, whatever was remembered beside it belongs to one that is gone. It goes before the table is made,
  // because the next try sees a table. It is emptied rather than dropped, because another first run may be reading it.
  Result<void> forget_seen() {
    if (input_.publish->mode != Mode::scd2 || input_.facts.kind != Kind::absent) return {};
    const auto seen = seen_table(input_, drift_.columns, can_);
    if (!seen) return Failure(seen.error());
    if (is_made_anew(*seen)) {
      layout_.add(
          Purpose::prepare,
          {ir::CreateTable{seen->name, columns_to_create(seen->columns), {}, true}, ir::DeleteRows{seen->name, seen->columns, nullptr}},
          true);
    } else {
      layout_.add(Purpose::prepare, {ir::DropTable{seen->name}}, true);
    }
    return {};
  }

  bool is_made_anew(const SeenTable& seen) const { return input_.facts.kind == Kind::absent && all_types_known(seen.columns); }

  void add_seen(const SeenTable& seen, const ir::RelationPtr& typed_by) {
    if (is_made_anew(seen)) return;
    if (!typed_by) {
      layout_.add(Purpose::prepare, {ir::CreateTable{seen.name, columns_to_create(seen.columns), {}, true}}, true);
      return;
    }
    const bool guards = can_.create_table_if_not_exists;
    ir::CreateTableAs create{seen.name, ir::filter(seen_like(input_, seen, typed_by), ir::boolean(false)), false, guards};
    layout_.add(Purpose::prepare, {std::move(create)}, guards);
  }

  Result<void> check_target_kind() {
    if (input_.facts.kind != Kind::view) return {};
    if (replaces_all() && layout_.is_transactional() && can_.transactional_ddl) {
      plan().drift.push_back("the view " + to_string(input_.target) + " becomes a table");
      return {};
    }
    return fail(ErrorKind::refused,
                "step \"" + input_.step + "\": " + to_string(input_.target) + " is a view, and a table of that name has to be published",
                "drop the view by hand, or publish under another name (publish: {table: ...})");
  }

  // What the written columns are called and typed, and what has to be altered for them.
  Result<void> settle_columns() {
    const ir::Columns wanted = published_columns(*input_.publish, input_.columns);
    if (auto good = check_version_columns(wanted); !good) return good;
    const bool follows_table = exists() && (!replaces_all() || in_place_without_ddl());
    if (!follows_table) {
      drift_.columns = wanted;
      if (exists()) note_replaced(wanted);
      return {};
    }
    const auto policy = replaces_all() ? model::Publish::Drift::sync : input_.publish->on_schema_change;
    auto drift = reconcile(input_, wanted, policy, can_);
    if (!drift) return Failure(drift.error());
    drift_ = *std::move(drift);
    for (const std::string& words : drift_.words) plan().drift.push_back(words);
    take_altered();
    return {};
  }

  void note_replaced(const ir::Columns& wanted) {
    for (const std::string& words : differences(input_.facts.columns, wanted)) {
      plan().drift.push_back(words + ": the table is replaced");
      is_changed_ = true;
    }
  }

  Result<void> check_version_columns(const ir::Columns& wanted) {
    if (input_.publish->mode != Mode::scd2) return {};
    for (std::size_t i = input_.columns.size(); i < wanted.size(); ++i) {
      const std::string name = wanted[i].name.text();
      if (ir::find_column(input_.columns, wanted[i].name)) {
        return invalid(input_, "it gives a column \"" + name + "\", which scd2 adds itself", "give that column another name");
      }
      if (exists() && !ir::find_column(input_.facts.columns, wanted[i].name)) {
        return fail(ErrorKind::refused,
                    "step \"" + input_.step + "\": the table " + to_string(input_.target) + " has no column \"" + name +
                        "\", so it holds no versions",
                    "publish under another name (publish: {table: ...}), or drop the table by hand");
      }
    }
    return {};
  }

  // The table is emptied and filled, and cannot be made or dropped in the same transaction.
  bool in_place_without_ddl() const { return layout_.is_transactional() && !can_.transactional_ddl; }
  bool alters_in_publish() const { return layout_.is_transactional() && can_.transactional_ddl; }

  bool replaces_by_statement() const { return !layout_.is_transactional() || can_.replace == dialects::Replace::create_or_replace; }

  // The staged table is renamed to the published one.
  bool stages_table() const {
    if (!replaces_all() || replaces_by_statement() || in_place_without_ddl()) return false;
    return !exists() || is_changed_ || can_.replace != dialects::Replace::delete_insert_in_transaction;
  }

  bool needs_creation() const { return input_.facts.kind == Kind::absent && (!replaces_all() || in_place_without_ddl()); }

  void add_ledger(bool is_used) {
    if (!is_used || !layout_.is_transactional() || input_.facts.has_ledger) return;
    layout_.add(Purpose::prepare, {create_ledger(input_.target, can_)}, true);
  }

  void add_creation() {
    layout_.add(Purpose::prepare, {ir::CreateTable{input_.target, columns_to_create(drift_.columns), {}, true, lies_.layout}}, true);
  }

  // All at once, before anything is altered; whoever sends it twice gets the same table.
  void add_rebuild() {
    const ir::RelationPtr rows = ir::scan(input_.target, input_.facts.columns);
    layout_.add(Purpose::prepare, {ir::CreateTableAs{input_.target, rows, true, false, lies_.layout, true}}, true);
    plan().drift.push_back("the table " + to_string(input_.target) + " is rebuilt with its rows, because another layout made it");
  }

  // The staged rows know their types where the compiler does not.
  void add_creation_from(const Rows& rows) {
    ir::CreateTableAs create{input_.target, ir::filter(rows.rows, ir::boolean(false)), false, can_.create_table_if_not_exists,
                             lies_.layout};
    layout_.add(Purpose::prepare, {std::move(create)}, can_.create_table_if_not_exists);
  }

  // Rows that lie as they are written keep the order in which they are staged.
  void add_stage(const TableName& table, const ir::RelationPtr& query, ir::TableLayout layout = {}) {
    const ir::RelationPtr rows = in_order(query, lies_.order);
    if (can_.create_or_replace_table) {
      layout_.add(Purpose::stage, {ir::CreateTableAs{table, rows, true, false, std::move(layout)}}, true);
    } else {
      layout_.add(Purpose::stage, {ir::DropTable{table}, ir::CreateTableAs{table, rows, false, false, std::move(layout)}}, true);
    }
  }

  Result<void> add_publish(std::vector<ir::Statement> reading, const ir::RelationPtr& counted, std::vector<ir::Statement> statements) {
    add_alterations(statements);
    if (auto good = add_dependants(drift_.columns, statements); !good) return good;
    const bool only_adds = input_.publish->mode == Mode::append && drift_.before.empty() && drift_.after.empty();
    const auto held = only_adds ? Layout::Held::nothing : exists() || needs_creation() ? Layout::Held::rows : Layout::Held::name;
    layout_.add_publish({held, std::move(reading), counted, std::move(statements), input_.publish->mode != Mode::append});
    return {};
  }

  void add_alterations(std::vector<ir::Statement>& statements) {
    if (!alters_in_publish()) return;
    statements.insert(statements.begin(), drift_.after.begin(), drift_.after.end());
    statements.insert(statements.begin(), drift_.before.begin(), drift_.before.end());
  }

  Result<std::vector<ir::Statement>> statements_for(const Rows& rows) {
    switch (input_.publish->mode) {
      case Mode::append:
        return std::vector<ir::Statement>{insert_rows(input_.target, rows)};
      case Mode::merge:
        return with_key([&] { return upsert(layout_, rows); });
      case Mode::delete_insert:
        if (input_.publish->interval) return replace_by_interval(layout_, rows);
        return with_key([&] { return replace_by_key(layout_, rows, rows); });
      case Mode::table:
      case Mode::view:
      case Mode::scd2:
        break;
    }
    return replace_table_statements(rows);
  }

  template <typename Make>
  Result<std::vector<ir::Statement>> with_key(Make make) {
    if (!input_.publish->key.empty()) return make();
    return invalid(input_, "this write mode needs a key", "publish: {key: id}");
  }

  std::vector<ir::Statement> replace_table_statements(const Rows& rows) {
    if (is_changed_ || input_.facts.kind == Kind::view) take({});
    if (replaces_by_statement()) {
      return {ir::CreateTableAs{input_.target, rows.rows, true, false, lies_.layout}};
    }
    if (!stages_table()) return {ir::DeleteRows{input_.target, rows.columns, nullptr}, insert_rows(input_.target, rows)};
    std::vector<ir::Statement> statements;
    if (input_.facts.kind == Kind::view) statements.emplace_back(ir::DropView{input_.target});
    if (exists()) statements.emplace_back(ir::DropTable{input_.target});
    statements.emplace_back(ir::RenameTable{plan().staged, input_.target.name});
    return statements;
  }

  Layout layout_;
  const StepInput& input_;
  const dialects::Capabilities& can_;
  Drift drift_;
  SettledLayout lies_;
  bool is_changed_ = false;
};

}  // namespace

void Layout::add(Unit::Purpose purpose, std::vector<ir::Statement> statements, bool idempotent) {
  if (statements.empty()) return;
  if (can.multi_statement_transactions) {
    plan.units.push_back({purpose, std::move(statements), false, {}, idempotent});
    return;
  }
  for (ir::Statement& statement : statements) plan.units.push_back({purpose, {std::move(statement)}, false, {}, idempotent});
}

void Layout::add_publish(Act act) {
  if (!is_transactional()) {
    add(Unit::Purpose::publish, std::move(act.statements), act.idempotent);
    return;
  }
  std::vector<ir::Statement> statements = hold(act.held);
  std::move(act.reading.begin(), act.reading.end(), std::back_inserter(statements));
  // Before the rest, because that may take the staged table away, and because a second try then fails before it changes anything.
  statements.emplace_back(ledger_row(input, can, act.rows));
  std::move(act.statements.begin(), act.statements.end(), std::back_inserter(statements));
  plan.units.push_back({Unit::Purpose::publish, std::move(statements), true, ledger_token_of(input), false});
}

std::vector<ir::Statement> Layout::hold(Held held) const {
  using Against = ir::LockTable::Against;
  if (held == Held::nothing) return {};
  switch (can.hold) {
    case dialects::Hold::by_statement:
      break;
    case dialects::Hold::lock_table:
      // A table that is not there cannot be locked; that nobody else publishes beside the same ledger covers it.
      if (held == Held::rows) return {ir::LockTable{input.target, Against::writers}};
      return {ir::LockTable{ledger_table(input.target), Against::publishers}};
    case dialects::Hold::working_name: {
      const TableName name{input.target.catalog, input.target.schema, hold_name(input.target, can)};
      return {ir::CreateTable{name, {{Identifier::exact("held"), ir::Type::of(ir::TypeKind::boolean), true}}, {}, false},
              ir::DropTable{name, false}};
    }
    case dialects::Hold::ledger_row:
      return replace_writer_row(input, can);
  }
  return {};
}

namespace {

SettledLayout settled_for(const StepInput& input, const dialects::Capabilities& can) {
  if (input.layout == nullptr || input.publish->mode == Mode::view) return {};
  const ir::Columns& columns = input.query->columns.empty() ? input.columns : input.query->columns;
  return settle_layout(*input.layout, published_columns(*input.publish, columns), can.layout);
}

}  // namespace

std::string layout_text(const StepInput& input, const dialects::Capabilities& capabilities) {
  return to_string(settled_for(input, capabilities).layout);
}

std::vector<std::string> layout_notes(const StepInput& input, const dialects::Capabilities& capabilities) {
  SettledLayout settled = settled_for(input, capabilities);
  if (!settled.order.empty() && input.publish->mode != Mode::table) {
    settled.notes.emplace_back("layout: sort: the rows of each run are in order, and stand behind those of the runs before");
  }
  return settled.notes;
}

Result<StepPlan> plan_step(const StepInput& input, const dialects::Capabilities& capabilities) {
  StepInput settled = input;
  if (!input.query->columns.empty()) settled.columns = input.query->columns;
  return Planner(settled, capabilities).run();
}

}  // namespace penstock::publish
