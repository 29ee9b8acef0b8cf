#include <algorithm>

#include "pipelines/dialects/calls.h"
#include "pipelines/dialects/pattern.h"
#include "pipelines/dialects/target.h"

namespace penstock::dialects {
namespace {

using F = ir::Function;

void refuse(Writer& writer, const Error& error) { writer.refuse(error.message, error.hint); }

}  // namespace

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

void write_regex(Writer& writer, const CallSite& site) {
  const RegexForm& form = writer.target().facts().regex;
  const std::string* pattern = Writer::text_of(site.argument(1));
  if (pattern == nullptr) {
    writer.refuse("the pattern of a regular expression must be a constant", "write the pattern as a text");
    return;
  }
  const bool replaces = site.function == F::regexp_replace;
  const std::string* flags = site.arguments.size() > 3 ? Writer::text_of(site.argument(3)) : nullptr;
  const bool global = flags != nullptr && *flags == "g";
  const RegexUse use = site.function == F::regexp_like ? RegexUse::like
                       : !replaces                     ? RegexUse::substring
                       : global                        ? RegexUse::replace_all
                                                       : RegexUse::replace_first;
  const auto written = regex_pattern(*pattern, form.flavour, use);
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
  writer.text(site.function == F::left_pad ? "lpad(" : "rpad(").argument(site, 0).text(", ");
  // A negative length would be an error, and is an empty text in PostgreSQL.
  if (const auto length = Writer::integer_of(site.argument(1))) {
    writer.number(std::max<std::int64_t>(0, *length));
  } else {
    writer.text("case when ").argument(site, 1, Level::concatenation).text(" < 0 then 0 else ").argument(site, 1).text(" end");
  }
  writer.text(", ");
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

}  // namespace penstock::dialects
