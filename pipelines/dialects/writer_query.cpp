#include <algorithm>

#include "pipelines/dialects/target.h"
#include "pipelines/dialects/usage.h"
#include "pipelines/dialects/writer.h"

// Blocks, clause by clause.

namespace penstock::dialects {
namespace {

constexpr std::size_t kLongestLine = 100;

std::string_view join_text(ir::Join::Kind kind) {
  switch (kind) {
    case ir::Join::Kind::left:
      return "left join ";
    case ir::Join::Kind::right:
      return "right join ";
    case ir::Join::Kind::full:
      return "full join ";
    case ir::Join::Kind::cross:
      return "cross join ";
    default:
      return "join ";
  }
}

// A staged table's name is long and says nothing to people.
std::string short_alias(const std::string& hint) {
  constexpr std::size_t kLongest = 24;
  if (hint.size() <= kLongest && !hint.empty()) return hint;
  std::string initials;
  bool start = true;
  for (const char c : hint) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (start && letter) initials += c;
    start = !letter && !(c >= '0' && c <= '9');
  }
  return initials.empty() ? "t" : initials.substr(0, 8);
}

// PostgreSQL's words of AND are flattened, so that each condition has its line.
void flatten(const Condition& condition, std::vector<Condition>& flat) {
  if (condition.semi == nullptr && condition.predicate.expression != nullptr) {
    const auto* call = std::get_if<ir::Call>(&condition.predicate.expression->node);
    if (call != nullptr && call->function == ir::Function::logical_and) {
      for (const auto& part : call->arguments) flatten({{part.get(), condition.predicate.env}, nullptr, false}, flat);
      return;
    }
  }
  flat.push_back(condition);
}

}  // namespace

void Writer::query(const ir::Relation& relation, bool typed_outputs) {
  std::string head = std::move(out_);
  out_.clear();
  const ir::RelationPtr once = shared(relation);
  const Body top = folder_.fold(*once);
  body(top, nullptr, typed_outputs && target_.facts().typed_outputs);
  std::string main = std::move(out_);
  out_ = std::move(head);
  for (std::size_t i = 0; i < commons_.size(); ++i) {
    text(i == 0 ? "with " : ",\n").text(commons_[i]);
  }
  if (!commons_.empty()) out_ += '\n';
  out_ += main;
}

std::string Writer::print_common(const Body& inner, std::string_view hint, const std::vector<std::string>& columns) {
  static_cast<void>(columns);
  std::string base = short_alias(std::string(hint).substr(0, 48));
  if (hint.size() <= 48 && !hint.empty()) base = hint;
  std::string name = base;
  for (int suffix = 2; !common_names_.insert(name).second; ++suffix) name = base + "_" + std::to_string(suffix);
  std::string kept = std::move(out_);
  out_.clear();
  const int kept_indent = indent_;
  const Select* around = around_;
  indent_ = 1;
  identifier(name);
  text(" as (");
  new_line();
  body(inner, nullptr, false);
  indent_ = 0;
  new_line();
  out_ += ')';
  commons_.push_back(std::move(out_));
  out_ = std::move(kept);
  indent_ = kept_indent;
  around_ = around;
  return name;
}

void Writer::body(const Body& inner, const Select* around, bool typed) {
  if (inner.native != nullptr) {
    native(*inner.native);
  } else if (inner.set != nullptr) {
    set_query(*inner.set, around, typed);
  } else {
    select(*inner.select, around, typed);
  }
}

void Writer::native(const ir::Native& query) {
  text(query.texts.front());
  for (std::size_t i = 0; i < query.values.size(); ++i) {
    expression(*query.values[i], Env(), Level::primary).text(query.texts[i + 1]);
  }
}

void Writer::set_query(const SetQuery& set, const Select* around, bool typed) {
  using Kind = ir::SetOperation::Kind;
  const At at(*this, set.place);
  const Facts& facts = target_.facts();
  const bool all = set.kind == Kind::union_all || set.kind == Kind::intersect_all || set.kind == Kind::except_all;
  const bool is_union = set.kind == Kind::union_all || set.kind == Kind::union_distinct;
  std::string_view word = is_union ? "union" : "except";
  if (set.kind == Kind::intersect_all || set.kind == Kind::intersect_distinct) word = "intersect";
  if (all && !is_union && !facts.set_all) refuse(std::string(word) + " all is not to be had here", "number equal rows first, or drop ALL");
  if (!is_union && facts.text_ignores_blanks &&
      std::any_of(set.columns->begin(), set.columns->end(), [](const ir::Column& column) { return column.type.is_text() && !column.trimmed; })) {
    refuse(std::string(word) + " over text would ignore blanks at the end", "write a join with exists or not exists");
  }
  for (std::size_t i = 0; i < set.inputs.size(); ++i) {
    if (i > 0) {
      new_line();
      text(word);
      if (all) text(" all");
      if (!all && facts.set_distinct_keyword) text(" distinct");
      new_line();
    }
    const Body& input = set.inputs[i];
    const bool bare = input.select != nullptr && input.select->order.empty() && !input.select->is_limited();
    if (bare) {
      body(input, around, typed);
      continue;
    }
    out_ += '(';
    ++indent_;
    new_line();
    body(input, around, typed);
    --indent_;
    new_line();
    out_ += ')';
  }
}

void Writer::choose_aliases(Select& select, const Select* around) {
  select.around = around;
  const bool hides = target_.facts().aliases_hide_tables && select.columns != nullptr;
  const auto is_taken = [&](const std::string& alias, const Source* self) {
    if (hides &&
        std::any_of(select.columns->begin(), select.columns->end(), [&](const auto& column) { return column.name.text() == alias; })) {
      return true;
    }
    for (const Source* item : select.from) {
      if (item == self) break;
      if (item->alias == alias) return true;
    }
    for (const Select* outer = around; outer != nullptr; outer = outer->around) {
      for (const Source* item : outer->from) {
        if (item->alias == alias) return true;
      }
    }
    return false;
  };
  for (Source* item : select.from) {
    const std::string base = short_alias(item->hint);
    item->alias = base;
    for (int suffix = 2; is_taken(item->alias, item); ++suffix) item->alias = base + "_" + std::to_string(suffix);
  }
}

void Writer::select(Select& select, const Select* around, bool typed, bool any_row, const Condition* semi) {
  choose_aliases(select, around);
  const Select* kept = around_;
  around_ = &select;
  text("select ");
  if (select.distinct && !any_row) text("distinct ");
  if (select.limit && target_.facts().limit == Facts::Limit::top) {
    text("top (").number(*select.limit).text(") ");
  }
  if (any_row) {
    out_ += '1';
  } else {
    select_items(select, typed);
  }
  from(select, around);
  where(select, around, semi);
  group_by(select);
  if (!select.having.empty()) {
    std::vector<Condition> having;
    for (const Bound& bound : select.having) having.push_back({bound, nullptr, false});
    conditions("having ", having, around);
  }
  if (!select.order.empty()) {
    new_line();
    text("order by ");
    bool first = true;
    for (const OrderKey& key : select.order) {
      if (!first) text(", ");
      first = false;
      sort_key(*key.key, *key.env, true);
    }
  }
  limit(select);
  around_ = kept;
}

void Writer::select_items(const Select& select, bool typed) {
  if (select.env->slots.empty()) {
    out_ += '1';
    return;
  }
  const std::vector<std::string> names = Folder::unique_names(*select.columns);
  const std::size_t start = out_.size();
  std::vector<std::size_t> breaks;
  ++indent_;
  for (std::size_t i = 0; i < select.env->slots.size(); ++i) {
    if (i > 0) {
      out_ += ',';
      breaks.push_back(out_.size());
      out_ += ' ';
    }
    select_item(select.env->slots[i], (*select.columns)[i], names[i], typed);
  }
  wrap_items(start, breaks, kLongestLine);
  --indent_;
}

void Writer::select_item(const Slot& item, const ir::Column& column, std::string_view name, bool typed) {
  const bool is_cast = item.kind == Slot::Kind::expression && (std::holds_alternative<ir::Cast>(item.expression->node));
  const At at(*this, item.place);
  const bool sized = column.type.kind == ir::TypeKind::decimal || (target_.facts().typed_integers && column.type.is_integer());
  const bool wrap = typed && !item.declared && !is_cast && sized;
  if (wrap) text("cast(");
  slot(item, Level::any, Form::value, true);
  if (wrap) text(" as ").type(column.type).text(")");
  if (!wrap && item.kind == Slot::Kind::column && item.source->columns[static_cast<std::size_t>(item.column)] == name) return;
  text(" as ");
  identifier(name);
}

// A list that is too long for its line gets one line per item.
void Writer::wrap_items(std::size_t start, const std::vector<std::size_t>& breaks, std::size_t longest) {
  const std::size_t line = out_.rfind('\n', start == 0 ? 0 : start - 1);
  const std::size_t line_start = line == std::string::npos ? 0 : line + 1;
  const bool fits = out_.size() - line_start <= longest && out_.find('\n', start) == std::string::npos;
  if (fits || breaks.empty()) return;
  std::string wrapped;
  wrapped.reserve(out_.size() - start + (breaks.size() + 1) * static_cast<std::size_t>(2 * indent_ + 1));
  const std::string line_break = "\n" + std::string(static_cast<std::size_t>(2 * indent_), ' ');
  wrapped += line_break;
  std::size_t from = start;
  for (const std::size_t place : breaks) {
    wrapped.append(out_, from, place - from);
    wrapped += line_break;
    from = place + 1;
  }
  wrapped.append(out_, from, std::string::npos);
  if (start > 0 && out_[start - 1] == ' ') --start;
  out_.resize(start);
  out_ += wrapped;
}

void Writer::from(const Select& select, const Select* around) {
  bool first = true;
  for (const Source* item : select.from) {
    new_line();
    text(first ? "from " : join_text(item->join));
    if (!first && item->join == ir::Join::Kind::full && !item->by_equality && !target_.facts().full_join_any) {
      refuse("FULL JOIN needs an equality of its two sides", "write left join, and union all the rows of the right side with not exists");
    }
    source(*item, item->lateral ? &select : around);
    if (!first && item->on.expression != nullptr) {
      text(" on ");
      expression(*item->on.expression, *item->on.env, Level::any, Form::predicate);
    }
    first = false;
  }
  if (select.from.empty() && !select.where.empty() && target_.facts().where_needs_from) {
    new_line();
    text("from (select 1) as ");
    identifier("row");
  }
}

void Writer::source(const Source& item, const Select* around) {
  source_body(item, around);
  const bool is_values = item.kind == Source::Kind::values && target_.facts().rows == Facts::Rows::values && !item.values->rows.empty();
  const bool own_name = (item.kind == Source::Kind::cte && item.name == item.alias) ||
                        (item.kind == Source::Kind::table && item.table->schema.empty() && item.table->name.text() == item.alias);
  if (!own_name) {
    text(" as ");
    identifier(item.alias);
  }
  if (!is_values) return;
  text(" (");
  for (std::size_t i = 0; i < item.columns.size(); ++i) {
    if (i > 0) text(", ");
    identifier(item.columns[i]);
  }
  out_ += ')';
}

void Writer::source_body(const Source& item, const Select* around) {
  switch (item.kind) {
    case Source::Kind::table:
      table(*item.table);
      return;
    case Source::Kind::cte:
      identifier(item.name);
      return;
    case Source::Kind::values:
      return values(item);
    case Source::Kind::native:
    case Source::Kind::derived:
      break;
  }
  text(item.lateral ? "lateral (" : "(");
  ++indent_;
  new_line();
  if (item.kind == Source::Kind::native) {
    // Its last line may be a comment, so the bracket gets a line of its own.
    native(*item.native);
  } else {
    body(item.body, around, false);
  }
  --indent_;
  new_line();
  out_ += ')';
}

void Writer::values(const Source& item) {
  const ir::Values& rows = *item.values;
  const Env none;
  const bool structs = target_.facts().rows == Facts::Rows::structs && !rows.rows.empty();
  const bool bare = target_.facts().rows == Facts::Rows::values && !rows.rows.empty();
  text(bare ? "(values" : structs ? "unnest([" : "(");
  ++indent_;
  const auto row = [&](const std::vector<ir::ExpressionPtr>& cells, bool named) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (i > 0) text(", ");
      expression(*cells[i], none);
      if (named) {
        text(" as ");
        identifier(item.columns[i]);
      }
    }
  };
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    if (i > 0) text(bare || structs ? "," : "");
    new_line();
    if (!bare && !structs) {
      text(i == 0 ? "select " : "union all select ");
      row(rows.rows[i], i == 0);
      continue;
    }
    text(structs ? "struct(" : "(");
    row(rows.rows[i], structs && i == 0);
    out_ += ')';
  }
  if (rows.rows.empty()) {
    new_line();
    text("select ");
    for (std::size_t i = 0; i < item.columns.size(); ++i) {
      if (i > 0) text(", ");
      constant(std::monostate{}, rows.columns[i].type, true);
      text(" as ");
      identifier(item.columns[i]);
    }
    if (target_.facts().where_needs_from) text(" from (select 1)");
    text(" where 1 = 0");
  }
  --indent_;
  new_line();
  text(structs ? "])" : ")");
}

void Writer::where(const Select& select, const Select* around, const Condition* semi) {
  std::vector<Condition> all;
  for (const Condition& one : select.where) flatten(one, all);
  if (semi != nullptr && semi->predicate.expression != nullptr) flatten({semi->predicate, nullptr, false}, all);
  conditions("where ", all, around);
}

void Writer::conditions(std::string_view keyword, std::span<const Condition> all, const Select* around) {
  const Level least = all.size() > 1 ? Level::negation : Level::any;
  bool first = true;
  for (const Condition& one : all) {
    new_line(first ? 0 : 1);
    text(first ? keyword : "and ");
    first = false;
    condition(one, around, least);
  }
}

void Writer::condition(const Condition& one, const Select* around, Level least) {
  static_cast<void>(around);
  if (one.semi == nullptr) return print(*one.predicate.expression, *one.predicate.env, least, Form::predicate, true);
  text(one.anti ? "not exists (" : "exists (");
  indent_ += 2;
  new_line();
  select(*one.semi, around_, false, true, &one);
  indent_ -= 2;
  new_line(1);
  out_ += ')';
}

void Writer::group_by(const Select& select) {
  if (!select.grouped || select.keys.empty()) return;
  new_line();
  text("group by ");
  const std::size_t start = out_.size();
  std::vector<std::size_t> breaks;
  ++indent_;
  const auto separate = [&] {
    if (out_.size() == start) return;
    out_ += ',';
    breaks.push_back(out_.size());
    out_ += ' ';
  };
  for (std::size_t i = 0; i < select.keys.size(); ++i) {
    const Slot& key = select.keys[i];
    separate();
    slot(key, Level::any, Form::value, true);
    if (!target_.facts().text_ignores_blanks || i >= select.columns->size()) continue;
    const bool is_text = key.kind == Slot::Kind::expression ? key.expression->type.is_text() : key.is_text;
    if (!is_text || is_trimmed(key)) continue;
    separate();
    text("len(");
    slot(key, Level::concatenation, Form::value, true);
    text(" + N'|')");
  }
  wrap_items(start, breaks, kLongestLine);
  --indent_;
}

void Writer::limit(const Select& select) {
  if (select.apart) {
    new_line();
    text("offset 0");
  }
  if (!select.is_limited()) return;
  const Facts::Limit form = target_.facts().limit;
  if (form == Facts::Limit::top) {
    const At at(*this, select.limit_place);
    if (select.offset > 0) refuse("rows cannot be skipped (OFFSET)", "number the rows with row_number and filter by the number");
    return;
  }
  const auto offset = [&] {
    if (select.offset == 0) return;
    new_line();
    text("offset ").number(select.offset);
  };
  if (form == Facts::Limit::offset_limit) offset();
  if (select.limit) {
    new_line();
    text("limit ").number(*select.limit);
  } else if (!target_.facts().endless_limit.empty()) {
    new_line();
    text("limit ").text(target_.facts().endless_limit);
  }
  if (form == Facts::Limit::limit_offset) offset();
}

}  // namespace penstock::dialects
