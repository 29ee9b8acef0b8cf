#include "pipelines/dialects/calls.h"

#include <algorithm>
#include <array>
#include <vector>

#include "pipelines/dialects/pattern.h"
#include "pipelines/dialects/target.h"

namespace penstock::dialects {
namespace {

using F = ir::Function;

void write_joined(Writer& writer, const CallSite& site, std::string_view word, F same) {
  for (std::size_t i = 0; i < site.arguments.size(); ++i) {
    if (i > 0) writer.text(word);
    const auto* inner = std::get_if<ir::Call>(&site.argument(i).node);
    const bool flat = inner != nullptr && inner->function == same;
    writer.argument(site, i, flat ? Level::disjunction : Level::negation, Writer::Form::predicate);
  }
}

std::string_view operator_text(F function) {
  switch (function) {
    case F::less:
      return " < ";
    case F::less_equal:
      return " <= ";
    case F::greater:
      return " > ";
    default:
      return " >= ";
  }
}

void refuse(Writer& writer, const Error& error) { writer.refuse(error.message, error.hint); }

void write_ordered_text(Writer& writer, const CallSite& site, std::size_t index) {
  const std::string_view order = writer.target().facts().text_order;
  writer.argument(site, index, order.empty() ? Level::any : Level::primary);
  writer.text(order);
}

void write_within_group(Writer& writer, const CallSite& site, std::string_view name) {
  writer.application_start(name, site);
  writer.filtered(site, [&] { writer.argument(site, 0); });
  writer.text(", ").argument(site, 1).text(") within group (order by ");
  if (site.aggregate == nullptr) {
    writer.refuse("string_agg cannot be used over a window", "aggregate first, then join");
    return;
  }
  // The clause cannot be left out; an order by the text itself is as good as none and always the same.
  ir::AggregateCall bare = *site.aggregate;
  bare.order_by.clear();
  if (site.aggregate->order_by.empty()) {
    writer.argument(site, 0);
  } else {
    writer.order_keys(site.aggregate->order_by, site.env, false);
  }
  CallSite unordered = site;
  unordered.aggregate = &bare;
  writer.application_end(unordered);
}

}  // namespace

void write_conjunction(Writer& writer, const CallSite& site) { write_joined(writer, site, " and ", F::logical_and); }
void write_disjunction(Writer& writer, const CallSite& site) { write_joined(writer, site, " or ", F::logical_or); }

void write_ordered_comparison(Writer& writer, const CallSite& site) {
  const std::string_view order = writer.target().facts().text_order;
  const bool is_text = !order.empty() && site.argument(0).type.is_text();
  writer.argument(site, 0, is_text ? Level::primary : Level::concatenation);
  if (is_text) writer.text(order);
  writer.text(operator_text(site.function));
  writer.argument(site, 1, is_text ? Level::primary : Level::concatenation);
  const bool bare = Writer::literal_of(site.argument(1)) != nullptr || Writer::plain_slot(site.argument(1), site.env) != nullptr;
  // Two orders that differ would be an error, so whatever may carry one of its own gets this one.
  if (is_text && !bare) writer.text(order);
}

void write_like(Writer& writer, const CallSite& site) {
  const LikeForm& form = writer.target().facts().like;
  const bool folded = site.function == F::ilike || site.function == F::not_ilike;
  const bool negated = site.function == F::not_like || site.function == F::not_ilike;
  const bool by_lower = folded && !form.ilike;
  writer.text(by_lower ? "lower(" : "");
  writer.argument(site, 0, by_lower ? Level::any : Level::concatenation);
  writer.text(by_lower ? ")" : "").text(negated ? " not " : " ").text(folded && form.ilike ? "ilike " : "like ");
  writer.text(by_lower ? "lower(" : "");
  const std::string* pattern = Writer::text_of(site.argument(1));
  const std::string* escape = site.arguments.size() > 2 ? Writer::text_of(site.argument(2)) : nullptr;
  if (site.arguments.size() > 2 && escape == nullptr) {
    writer.refuse("the escape character of LIKE must be a constant", "write escape '!'");
    return;
  }
  const std::string_view escape_text = escape == nullptr ? std::string_view("\\") : std::string_view(*escape);
  if (pattern == nullptr) {
    if (!form.pattern_columns || escape_text.empty()) {
      writer.refuse("the pattern of LIKE must be a constant", "use starts_with or strpos, or write the pattern out");
    }
    writer.argument(site, 1, by_lower ? Level::any : Level::concatenation);
    writer.text(by_lower ? ")" : "").text(" escape ").string(escape_text);
    return;
  }
  const auto written = like_pattern(*pattern, escape_text, form.special, form.escape);
  if (!written) return refuse(writer, written.error());
  writer.string(written->text).text(by_lower ? ")" : "");
  if (written->needs_escape && form.escape_clause) writer.text(" escape ").string(std::string_view(&form.escape, 1));
}

void write_extreme(Writer& writer, const CallSite& site) {
  const Facts& facts = writer.target().facts();
  const ir::Type& type = site.argument(0).type;
  if (site.function == F::any_value && (type.kind == ir::TypeKind::json || type.kind == ir::TypeKind::array)) {
    writer.refuse("any_value of " + ir::to_string(type) + " would differ from engine to engine",
                  "use the deduplicate component with an order");
    return;
  }
  if (site.function == F::any_value && type.kind == ir::TypeKind::boolean) {
    const Rule& rule = writer.target().rule(F::bool_and);
    if (rule.kind == Rule::Kind::text) return writer.fill(rule.text, site);
    if (rule.kind == Rule::Kind::code) return rule.code(writer, site);
  }
  const std::string_view name = site.function == F::maximum ? "max" : "min";
  if (site.function == F::any_value && type.kind == ir::TypeKind::uuid) {
    writer.text("cast(");
    writer.application(name, site, [&] {
      writer.text("cast(");
      writer.argument(site, 0);
      writer.text(" as ").type(ir::Type::of(ir::TypeKind::text)).text(")");
    });
    writer.text(" as ").type(type).text(")");
    return;
  }
  const bool ordered = type.is_text() && !facts.text_order.empty();
  writer.application(name, site, [&] {
    if (ordered) {
      write_ordered_text(writer, site, 0);
    } else {
      writer.argument(site, 0);
    }
  });
  if (ordered) writer.text(facts.text_order_end);
}

void write_greatest(Writer& writer, const CallSite& site) {
  const bool ordered = site.type.is_text() && !writer.target().facts().text_order.empty();
  writer.text(site.function == F::greatest ? "greatest(" : "least(");
  for (std::size_t i = 0; i < site.arguments.size(); ++i) {
    if (i > 0) writer.text(", ");
    if (ordered) {
      write_ordered_text(writer, site, i);
    } else {
      writer.argument(site, i);
    }
  }
  writer.text(")");
  if (ordered) writer.text(writer.target().facts().text_order_end);
}

void write_greatest_over_nulls(Writer& writer, const CallSite& site) {
  const auto nullable =
      std::count_if(site.arguments.begin(), site.arguments.end(), [](const auto& argument) { return argument->nullable; });
  const std::size_t count = site.arguments.size();
  if (count == 1) {
    writer.argument(site, 0, Level::primary);
    return;
  }
  const std::string_view name = site.function == F::greatest ? "greatest(" : "least(";
  // A NULL argument is replaced by another that is not; where all are NULL, so is the result.
  writer.text(name);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) writer.text(", ");
    const bool replace = nullable > 0 && site.argument(i).nullable;
    if (replace) writer.text("coalesce(");
    writer.argument(site, i);
    for (std::size_t j = 0; replace && j < count; ++j) {
      if (j == i) continue;
      writer.text(", ");
      writer.argument(site, j);
    }
    if (replace) writer.text(")");
  }
  writer.text(")");
}

void write_sum(Writer& writer, const CallSite& site) {
  const ir::Type& from = site.argument(0).type;
  const SumForm form = writer.target().facts().sum;
  const bool widen = from.kind == ir::TypeKind::float32 || (form.cast_argument && from.is_integer());
  const bool cast_result = form.cast_result && (from.is_integer() || from.kind == ir::TypeKind::decimal);
  if (cast_result) writer.text("cast(");
  writer.application("sum", site, [&] {
    if (widen) writer.text("cast(");
    writer.argument(site, 0);
    if (widen) writer.text(" as ").type(site.type).text(")");
  });
  if (cast_result) writer.text(" as ").type(site.type).text(")");
}

void write_concat_by_operator(Writer& writer, const CallSite& site) {
  for (std::size_t i = 0; i < site.arguments.size(); ++i) {
    if (i > 0) writer.text(" || ");
    if (site.argument(i).nullable) {
      writer.text("coalesce(");
      writer.argument(site, i);
      writer.text(", '')");
    } else {
      writer.argument(site, i, Level::primary);
    }
  }
}

void write_count_distinct(Writer& writer, const CallSite& site) {
  writer.text("count(distinct ");
  writer.filtered(site, [&] { writer.argument(site, 0); });
  writer.application_end(site);
}

void write_percentile(Writer& writer, const CallSite& site) {
  const bool median = site.function == F::median;
  writer.text("percentile_cont(");
  if (median) {
    writer.text("0.5");
  } else {
    writer.argument(site, 0);
  }
  writer.text(") within group (order by ");
  writer.argument(site, median ? 0 : 1);
  writer.application_end(site);
}

void write_regex(Writer& writer, const CallSite& site) {
  const RegexForm& form = writer.target().facts().regex;
  const std::string* pattern = Writer::text_of(site.argument(1));
  if (pattern == nullptr) {
    writer.refuse("the pattern of a regular expression must be a constant", "write the pattern as a text");
    return;
  }
  const bool replaces = site.function == F::regexp_replace;
  const auto written = regex_pattern(*pattern, form.flavour, site.function != F::regexp_like, replaces);
  if (!written) return refuse(writer, written.error());
  if (site.function == F::regexp_like) {
    writer.text(form.like).argument(site, 0, form.like.empty() ? Level::concatenation : Level::any);
    writer.text(form.like.empty() ? " ~ " : ", ").string(*written).text(form.like.empty() ? "" : ")");
    return;
  }
  if (site.function == F::regexp_substring) {
    if (form.substring_gives_empty) {
      writer.text("case when ").text(form.like).argument(site, 0);
      writer.text(", ").string(*written).text(") then ");
    }
    writer.text(form.substring).argument(site, 0);
    writer.text(", ").string(*written).text(form.substring_gives_empty ? ") end" : ")");
    return;
  }
  const std::string* replacement = Writer::text_of(site.argument(2));
  const std::string* flags = site.arguments.size() > 3 ? Writer::text_of(site.argument(3)) : nullptr;
  const bool global = flags != nullptr && *flags == "g";
  if (replacement == nullptr || (site.arguments.size() > 3 && !global && (flags == nullptr || !flags->empty()))) {
    writer.refuse("regexp_replace takes a constant replacement, and no flag but 'g'", "write both as texts");
    return;
  }
  if (!global && !form.replaces_first) {
    writer.refuse("regexp_replace without 'g' replaces the first match, and here only all can be replaced",
                  "add 'g', or anchor the pattern with ^ and add 'g'");
    return;
  }
  const auto replacement_text = regex_replacement(*replacement, form.flavour);
  if (!replacement_text) return refuse(writer, replacement_text.error());
  writer.text("regexp_replace(").argument(site, 0);
  writer.text(", ").string(*written).text(", ").string(*replacement_text);
  if (global && form.replaces_first) writer.text(", 'g'");
  writer.text(")");
}

void write_half_even(Writer& writer, const std::function<void()>& print) {
  const std::string_view truncate = writer.target().facts().rounding.truncate;
  const bool three = truncate == "round(";
  writer.text("case when abs(");
  print();
  writer.text(" - ").text(truncate);
  print();
  writer.text(three ? ", 0, 1)) = 0.5 then 2 * round(" : ")) = 0.5 then 2 * round(");
  print();
  writer.text(three ? " / 2, 0) else round(" : " / 2) else round(");
  print();
  writer.text(three ? ", 0) end" : ") end");
}

void write_rounding(Writer& writer, const CallSite& site) {
  const RoundingForm& form = writer.target().facts().rounding;
  const ir::Type& type = site.argument(0).type;
  const bool digits = site.arguments.size() > 1;
  if (type.is_float() && digits) {
    writer.refuse("a float cannot be rounded to digits, as they are not what it holds",
                  "cast it first: round(cast(x as decimal(18,6)), 2)");
    return;
  }
  if (type.is_integer() && !digits) {
    writer.argument(site, 0, Level::primary);
    return;
  }
  if (type.is_float() && site.function == F::round && form.floats == RoundingForm::Floats::away_from_zero) {
    return write_half_even(writer, [&] { writer.argument(site, 0, Level::product); });
  }
  const bool even = type.is_float() && site.function == F::round && form.floats == RoundingForm::Floats::by_round_even;
  const bool cast = form.cast_result ? !type.is_float() : type.is_integer();
  const bool truncates = site.function == F::truncate;
  const bool three = form.truncate == "round(" && (truncates || site.function == F::round);
  if (cast) writer.text("cast(");
  writer.text(site.function == F::ceiling ? form.ceiling
              : site.function == F::floor ? "floor("
              : truncates                 ? form.truncate
              : even                      ? "round_even("
                                          : "round(");
  writer.argument(site, 0);
  if (digits) {
    writer.text(", ").argument(site, 1);
  } else if (even || three) {
    writer.text(", 0");
  }
  if (three && truncates) writer.text(", 1");
  writer.text(")");
  if (cast) writer.text(" as ").type(site.type).text(")");
}

void write_left(Writer& writer, const CallSite& site) {
  const auto count = Writer::integer_of(site.argument(1));
  writer.text("substr(").argument(site, 0).text(", 1, ");
  if (count && *count >= 0) {
    writer.number(*count);
  } else if (count) {
    writer.text("greatest(length(").argument(site, 0).text(") - ").number(-*count).text(", 0)");
  } else {
    writer.text("case when ").argument(site, 1, Level::concatenation).text(" < 0 then greatest(length(").argument(site, 0).text(") + ");
    writer.argument(site, 1, Level::product).text(", 0) else ").argument(site, 1).text(" end");
  }
  writer.text(")");
}

void write_right(Writer& writer, const CallSite& site) {
  const auto count = Writer::integer_of(site.argument(1));
  writer.text("substr(").argument(site, 0).text(", ");
  if (count && *count < 0) {
    writer.number(1 - *count);
  } else if (count) {
    writer.text("greatest(length(").argument(site, 0).text(") - ").number(*count).text(", 0) + 1");
  } else {
    writer.text("case when ").argument(site, 1, Level::concatenation).text(" < 0 then 1 - ").argument(site, 1, Level::product);
    writer.text(" else greatest(length(").argument(site, 0).text(") - ").argument(site, 1, Level::product).text(", 0) + 1 end");
  }
  writer.text(")");
}

void write_guarded_replace(Writer& writer, const CallSite& site) {
  const bool guard = may_be_empty(site.argument(1));
  if (guard) writer.text("case when ").argument(site, 1, Level::concatenation).text(" = '' then ").argument(site, 0).text(" else ");
  writer.text("replace(").argument(site, 0).text(", ").argument(site, 1).text(", ").argument(site, 2).text(guard ? ") end" : ")");
}

void write_pad(Writer& writer, const CallSite& site) {
  writer.text(site.function == F::left_pad ? "lpad(" : "rpad(").argument(site, 0).text(", ").argument(site, 1).text(", ");
  if (site.arguments.size() > 2) {
    if (may_be_empty(site.argument(2))) {
      writer.refuse("lpad and rpad take a constant fill that is not empty", "write the fill out, such as '0'");
    }
    writer.argument(site, 2);
  } else {
    writer.text("' '");
  }
  writer.text(")");
}

void write_listagg(Writer& writer, const CallSite& site) { write_within_group(writer, site, "listagg"); }
void write_string_agg_within_group(Writer& writer, const CallSite& site) { write_within_group(writer, site, "string_agg"); }

void write_boolean_of_text(Writer& writer, const ir::Expression& operand, const Env& env) {
  writer.text("case when lower(trim(").expression(operand, env);
  writer.text(")) in ('t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1') then ");
  writer.target().boolean_literal(writer, true);
  writer.text(" when lower(trim(").expression(operand, env);
  writer.text(")) in ('f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0') then ");
  writer.target().boolean_literal(writer, false);
  writer.text(" when ").expression(operand, env, Level::concatenation).text(" is not null then ");
  write_failure(writer, "invalid input syntax for type boolean");
  writer.text(" end");
}

void write_failure(Writer& writer, std::string_view message) { writer.text(writer.target().facts().failure).string(message).text(")"); }

void write_divisor(Writer& writer, const CallSite& site, std::size_t index, Level least) {
  const ir::Literal* constant = Writer::literal_of(site.argument(index));
  const auto is_zero = [](const ir::Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return *whole == 0;
    if (const auto* number = std::get_if<double>(&value)) return *number == 0;
    const auto* decimal = std::get_if<ir::DecimalText>(&value);
    return decimal != nullptr && decimal->digits.find_first_of("123456789") == std::string::npos;
  };
  if (constant != nullptr && !is_zero(constant->value)) {
    writer.argument(site, index, least);
    return;
  }
  writer.text("(case when ").argument(site, index, Level::concatenation);
  writer.text(" = 0 then ");
  write_failure(writer, "division by zero");
  writer.text(" else ").argument(site, index);
  writer.text(" end)");
}

void write_guarded_power(Writer& writer, const CallSite& site) {
  const auto whole = Writer::integer_of(site.argument(1));
  const ir::Literal* constant = Writer::literal_of(site.argument(1));
  const auto* number = constant == nullptr ? nullptr : std::get_if<double>(&constant->value);
  const bool safe =
      (whole && *whole >= 0) || (number != nullptr && *number >= 0 && *number == static_cast<double>(static_cast<int>(*number)));
  if (!safe) {
    writer.text("case when ").argument(site, 0, Level::concatenation).text(" = 0 and ").argument(site, 1, Level::concatenation);
    writer.text(" < 0 then ");
    write_failure(writer, "zero raised to a negative power is undefined");
    writer.text(" when ").argument(site, 0, Level::concatenation).text(" < 0 and ").argument(site, 1, Level::concatenation);
    writer.text(" <> floor(").argument(site, 1).text(") then ");
    write_failure(writer, "a negative number raised to a non-integer power yields a complex result");
    writer.text(" else ");
  }
  writer.text("power(").argument(site, 0).text(", ").argument(site, 1).text(safe ? ")" : ") end");
}

void write_clamped_substring(Writer& writer, const CallSite& site) {
  const auto start = Writer::integer_of(site.argument(1));
  const bool has_length = site.arguments.size() > 2;
  std::int64_t length = 0;
  bool length_is_constant = false;
  if (has_length) {
    const auto constant = Writer::integer_of(site.argument(2));
    length_is_constant = constant.has_value();
    if (constant) length = *constant;
  }
  if (length < 0) {
    writer.refuse("substring takes no negative length", "use left with a negative number to leave out the last characters");
    return;
  }
  writer.text("substr(").argument(site, 0).text(", ");
  if (start.value_or(0) >= 1) {
    writer.number(start.value_or(1));
  } else if (start) {
    writer.text("1");
  } else {
    writer.text("case when ").argument(site, 1, Level::concatenation).text(" < 1 then 1 else ").argument(site, 1).text(" end");
  }
  if (has_length) {
    writer.text(", ");
    const std::int64_t cut = start.value_or(1) < 1 ? 1 - start.value_or(1) : 0;
    if (length_is_constant && start) {
      writer.number(std::max<std::int64_t>(0, length - cut));
    } else {
      writer.text("case when ").argument(site, 2, Level::concatenation).text(" < 0 then ");
      write_failure(writer, "negative substring length not allowed");
      // A start before the text eats of the length.
      if (start.value_or(0) >= 1) {
        writer.text(" else ").argument(site, 2).text(" end");
      } else {
        writer.text(" when ").argument(site, 1, Level::concatenation).text(" < 1 and ");
        writer.argument(site, 2, Level::sum).text(" + ").argument(site, 1, Level::product).text(" < 1 then 0 when ");
        writer.argument(site, 1, Level::concatenation).text(" < 1 then ").argument(site, 2, Level::sum).text(" + ");
        writer.argument(site, 1, Level::product).text(" - 1 else ").argument(site, 2).text(" end");
      }
    }
  }
  writer.text(")");
}

std::optional<std::int64_t> split_position(Writer& writer, const CallSite& site) {
  const auto position = Writer::integer_of(site.argument(2));
  if (!position || *position == 0) {
    writer.refuse("split_part takes a constant position that is not zero", "count the parts from 1, or from -1 at the end");
    return std::nullopt;
  }
  return position;
}

bool may_be_empty(const ir::Expression& expression) {
  const std::string* text = Writer::text_of(expression);
  return text == nullptr || text->empty();
}

std::string_view trunc_unit(Writer& writer, const CallSite& site) {
  static constexpr std::array<std::string_view, 8> kUnits{"second", "minute", "hour", "day", "week", "month", "quarter", "year"};
  const std::string* unit = Writer::text_of(site.argument(0));
  if (unit != nullptr) {
    for (const std::string_view known : kUnits) {
      if (*unit == known) return known;
    }
  }
  writer.refuse("date_trunc takes a constant unit", "one of second, minute, hour, day, week, month, quarter, year");
  return {};
}

bool read_format(Writer& writer, const CallSite& site, const std::function<void(std::string_view)>& token,
                 const std::function<void(char)>& sign) {
  static constexpr std::array<std::string_view, 7> kTokens{"YYYY", "MM", "DD", "HH24", "MI", "SS", "US"};
  const std::string* format = Writer::text_of(site.argument(1));
  std::string_view rest = format == nullptr ? std::string_view("?") : std::string_view(*format);
  while (!rest.empty()) {
    const auto found = std::find_if(kTokens.begin(), kTokens.end(), [&](std::string_view known) { return rest.starts_with(known); });
    if (found != kTokens.end()) {
      token(*found);
      rest.remove_prefix(found->size());
    } else if (std::string_view(" -/.:,_").find(rest[0]) != std::string_view::npos) {
      sign(rest[0]);
      rest.remove_prefix(1);
    } else {
      break;
    }
  }
  if (rest.empty() && format != nullptr) return true;
  writer.refuse("to_char takes a constant format", "of YYYY, MM, DD, HH24, MI, SS, US and the signs - / . : , _ and blank");
  return false;
}

void write_format_by_places(Writer& writer, const CallSite& site, std::string_view substring, std::string_view joiner,
                            const std::function<void()>& print_text) {
  struct Piece {
    std::string_view place;  // Empty for signs.
    std::string signs;
  };
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 7> kPlaces{
      {{"YYYY", "1, 4"}, {"MM", "6, 2"}, {"DD", "9, 2"}, {"HH24", "12, 2"}, {"MI", "15, 2"}, {"SS", "18, 2"}, {"US", "21, 6"}}};
  std::vector<Piece> pieces;
  const auto token = [&](std::string_view name) {
    for (const auto& [known, place] : kPlaces) {
      if (known == name) pieces.push_back({place, {}});
    }
  };
  const auto sign = [&](char c) {
    if (pieces.empty() || !pieces.back().place.empty()) pieces.push_back({});
    pieces.back().signs += c;
  };
  if (!read_format(writer, site, token, sign)) return;
  bool first = true;
  for (const Piece& piece : pieces) {
    if (!first) writer.text(joiner);
    first = false;
    if (piece.place.empty()) {
      writer.string(piece.signs);
      continue;
    }
    writer.text(substring);
    print_text();
    writer.text(", ").text(piece.place).text(")");
  }
}

const ir::IntervalValue* interval_of(Writer& writer, const CallSite& site) {
  const ir::Literal* constant = Writer::literal_of(site.argument(1));
  const auto* interval = constant == nullptr ? nullptr : std::get_if<ir::IntervalValue>(&constant->value);
  if (interval == nullptr) writer.refuse("only a constant interval can be added", "write + interval '1 day', or date + n");
  return interval;
}

bool is_whole(const ir::Type& type) { return type.is_integer(); }

}  // namespace penstock::dialects
