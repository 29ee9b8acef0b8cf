#include <algorithm>

#include "pipelines/dialects/target.h"
#include "pipelines/dialects/writer.h"

namespace penstock::dialects {

void Writer::statement(const ir::Statement& one) {
  std::visit([this](const auto& statement) { print(statement); }, one);
  const std::size_t most = target_.capabilities().longest_statement_bytes;
  if (!is_too_long_ && out_.size() <= most) return;
  refuse("the statement is longer than " + std::to_string(most) + " bytes, the most that the target takes", "divide the step into two");
}

namespace {

/// What a table is laid out by and the target does not have; nothing else stands for it, so that nobody takes it for said.
std::string_view missing_in(const LayoutFacts& facts, const ir::TableLayout& layout) {
  const auto lacks = [](const auto& keys, const auto& has) {
    return std::any_of(keys.begin(), keys.end(), [&](const ir::LayoutKey& key) { return !has.has(key.by); });
  };
  if (lacks(layout.partition, facts.partition)) return "a table cannot be divided so";
  if (lacks(layout.cluster, facts.cluster)) return "a table cannot be clustered so";
  if (!layout.sort.empty() && facts.sort != LayoutFacts::Sort::declared) return "a table has no order";
  if (layout.distribution != ir::Distribution::unsaid && !facts.distribution.has(layout.distribution))
    return "a table cannot be distributed so";
  if (!layout.properties.empty() && facts.properties == LayoutFacts::Properties::none) return "a table has no properties";
  return {};
}

}  // namespace

bool Writer::clauses(const ir::TableLayout& layout, const ir::Columns& columns, bool kept) {
  if (const std::string_view missing = missing_in(target_.capabilities().layout, layout); !missing.empty()) {
    refuse(std::string(missing), "leave it out of the layout");
    return false;
  }
  const std::size_t before = out_.size();
  target_.table_clauses(*this, layout, columns, kept);
  return out_.size() > before;
}

void Writer::print(const ir::SelectStatement& statement) { query(*statement.query, false); }

void Writer::print(const ir::CreateTable& statement) {
  if (!statement.primary_key.empty() && !target_.capabilities().enforced_primary_key) {
    refuse("a primary key is not enforced here", "leave the key out and check it with unique");
  }
  target_.create_table_head(*this, statement);
  text(" (");
  ++indent_;
  for (std::size_t i = 0; i < statement.columns.size(); ++i) {
    const ir::Column& column = statement.columns[i];
    if (i > 0) out_ += ',';
    new_line();
    identifier(column.name.text());
    out_ += ' ';
    if (keep(column)) type(column.type);
    if (!column.nullable) text(" not null");
  }
  if (!statement.primary_key.empty()) {
    out_ += ',';
    new_line();
    text("primary key (");
    for (std::size_t i = 0; i < statement.primary_key.size(); ++i) {
      if (i > 0) text(", ");
      identifier(statement.primary_key[i].text());
    }
    out_ += ')';
  }
  --indent_;
  text("\n)");
  clauses(statement.layout, statement.columns, true);
}

void Writer::print(const ir::CreateTableAs& statement) {
  if (statement.or_replace && !target_.capabilities().create_or_replace_table) {
    refuse("a table cannot be replaced in one statement", "create it under another name and rename it in a transaction");
  }
  const ir::Columns& columns = statement.query->columns;
  for (std::size_t i = 0; i < columns.size(); ++i) keep(columns[i], ir::place_of(*statement.query, i));
  target_.create_table_as_head(*this, statement);
  out_ += '\n';
  query(*statement.query, true);
}

void Writer::print(const ir::CreateView& statement) {
  target_.create_view_head(*this, statement);
  out_ += '\n';
  query(*statement.query, true);
}

void Writer::print(const ir::DropTable& statement) {
  text(statement.if_exists ? "drop table if exists " : "drop table ");
  table(statement.table);
}

void Writer::print(const ir::DropView& statement) {
  text(statement.if_exists ? "drop view if exists " : "drop view ");
  table(statement.view);
}

void Writer::print(const ir::RenameTable& statement) { target_.rename_table(*this, statement); }

void Writer::print(const ir::AddColumn& statement) {
  const Facts& facts = target_.facts();
  text("alter table ").table(statement.table);
  out_ += ' ';
  text(facts.add_column);
  if (statement.if_not_exists && facts.guarded_columns) text(" if not exists");
  out_ += ' ';
  identifier(statement.column.name.text());
  out_ += ' ';
  if (keep(statement.column)) type(statement.column.type);
}

void Writer::print(const ir::AlterColumnType& statement) { target_.alter_column(*this, statement); }

void Writer::print(const ir::DropColumn& statement) {
  text("alter table ").table(statement.table);
  text(" drop column ");
  if (statement.if_exists && target_.facts().guarded_columns) text("if exists ");
  identifier(statement.column.text());
}

void Writer::print(const ir::InsertSelect& statement) {
  text("insert into ").table(statement.table);
  text(" (");
  const std::size_t start = out_.size();
  std::vector<std::size_t> breaks;
  ++indent_;
  for (std::size_t i = 0; i < statement.columns.size(); ++i) {
    if (i > 0) {
      out_ += ',';
      breaks.push_back(out_.size());
      out_ += ' ';
    }
    identifier(statement.columns[i].text());
  }
  wrap_items(start, breaks, 100);
  --indent_;
  const bool wrapped = out_.find('\n', start) != std::string::npos;
  text(wrapped ? "\n)\n" : ")\n");
  rules_.common_tables = rules_.common_tables && target_.facts().common_tables_in_dml;
  query(*statement.query, false);
}

const Env* Writer::table_env(const TableName& name, const ir::Columns& columns, std::string alias) {
  Source& source = arena_.sources.emplace_back();
  source.table = &name;
  source.alias = std::move(alias);
  Select& block = arena_.selects.emplace_back();
  block.from.push_back(&source);
  block.around = around_;
  around_ = &block;
  Env& env = arena_.envs.emplace_back();
  for (std::size_t i = 0; i < columns.size(); ++i) {
    source.columns.push_back(columns[i].name.text());
    Slot& slot = env.slots.emplace_back();
    slot.source = &source;
    slot.column = static_cast<int>(i);
    slot.weight = 1;
    slot.is_text = columns[i].type.is_text();
    slot.trimmed = columns[i].trimmed;
    slot.declared = true;
  }
  return &env;
}

void Writer::print(const ir::DeleteRows& statement) {
  const Facts& facts = target_.facts();
  rules_.common_tables = false;
  const std::string alias = facts.delete_alias ? "t" : statement.table.name.text();
  const Env* env = table_env(statement.table, statement.columns, alias);
  if (facts.delete_names_alias && statement.predicate != nullptr) {
    text("delete ");
    identifier(alias);
    text(" from ");
  } else {
    text("delete from ");
  }
  table(statement.table);
  if (statement.predicate == nullptr) {
    if (facts.where_needs_from) text(" where true");
    return;
  }
  if (facts.delete_alias) {
    text(" as ");
    identifier(alias);
  }
  const Condition condition{{statement.predicate.get(), env}, nullptr, false};
  Select block;
  block.where.push_back(condition);
  where(block, around_, nullptr);
}

void Writer::print(const ir::Merge& statement) {
  rules_.common_tables = false;
  const Env* target_columns = table_env(statement.target, statement.target_columns, "t");
  const Env* source_columns = table_env(statement.target, statement.source->columns, "s");
  Env& both = arena_.envs.emplace_back();
  both.slots = target_columns->slots;
  both.slots.insert(both.slots.end(), source_columns->slots.begin(), source_columns->slots.end());
  text("merge into ").table(statement.target);
  text(" as ");
  identifier("t");
  text("\nusing ");
  if (const auto* scan = std::get_if<ir::Scan>(&statement.source->node)) {
    table(scan->table);
  } else {
    text("(");
    ++indent_;
    new_line();
    const Select* around = around_;
    around_ = nullptr;
    body(folder_.fold(*statement.source), nullptr, false);
    around_ = around;
    --indent_;
    text("\n)");
  }
  text(" as ");
  identifier("s");
  text(" on ");
  expression(*statement.on, both, Level::any, Form::predicate);
  for (const auto& clause : statement.clauses) merge_clause(clause, both);
  text(target_.facts().merge_end);
}

void Writer::print(const ir::LockTable& statement) {
  if (target_.capabilities().hold != Hold::lock_table) refuse("a table cannot be locked", "publish in one statement");
  text("lock table ").table(statement.table);
  text(statement.against == ir::LockTable::Against::writers ? " in share row exclusive mode" : " in share update exclusive mode");
}

void Writer::print(const ir::NativeStatement& statement) { text(statement.text); }

void Writer::merge_clause(const ir::Merge::Clause& clause, const Env& env) {
  using Match = ir::Merge::Clause::Match;
  using Action = ir::Merge::Clause::Action;
  if (clause.match == Match::not_matched_by_source && !target_.capabilities().merge_by_source) {
    refuse("MERGE has no WHEN NOT MATCHED BY SOURCE", "delete or update those rows in a statement of their own");
  }
  text("\nwhen ");
  text(clause.match == Match::matched ? "matched" : clause.match == Match::not_matched_by_source ? "not matched by source" : "not matched");
  if (clause.condition != nullptr) {
    text(" and ");
    expression(*clause.condition, env, Level::negation, Form::predicate);
  }
  text(" then");
  ++indent_;
  new_line();
  if (clause.action == Action::remove) {
    text("delete");
  } else if (clause.action == Action::update) {
    text("update set");
    ++indent_;
    for (std::size_t i = 0; i < clause.columns.size(); ++i) {
      if (i > 0) out_ += ',';
      new_line();
      identifier(clause.columns[i].name.text());
      text(" = ");
      expression(*clause.columns[i].expression, env);
    }
    --indent_;
  } else {
    text("insert (");
    for (std::size_t i = 0; i < clause.columns.size(); ++i) {
      if (i > 0) text(", ");
      identifier(clause.columns[i].name.text());
    }
    out_ += ')';
    new_line();
    text("values (");
    for (std::size_t i = 0; i < clause.columns.size(); ++i) {
      if (i > 0) text(", ");
      expression(*clause.columns[i].expression, env);
    }
    out_ += ')';
  }
  --indent_;
}

}  // namespace penstock::dialects
