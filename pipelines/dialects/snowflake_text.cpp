#include <algorithm>
#include <array>

#include "pipelines/dialects/pattern.h"
#include "pipelines/dialects/snowflake_calls.h"
#include "pipelines/dialects/target.h"

// docs.snowflake.com, String functions (regular expressions), LISTAGG, SQL format models, read 2026-11-30.

namespace penstock::dialects::snowflake {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

// Whether the replacement names the whole match, \&, which is no group here.
bool names_whole_match(const std::string& replacement) {
  for (std::size_t i = 0; i + 1 < replacement.size(); ++i) {
    if (replacement[i] == '\\' && replacement[++i] == '&') return true;
  }
  return false;
}

// With a bracket around the whole pattern every group is one further.
std::optional<std::string> with_groups_moved(const std::string& replacement) {
  std::string moved;
  for (std::size_t i = 0; i < replacement.size(); ++i) {
    moved += replacement[i];
    if (replacement[i] != '\\' || i + 1 >= replacement.size()) continue;
    const char next = replacement[++i];
    if (next == '9') return std::nullopt;
    moved += next == '&' ? '1' : next >= '1' && next <= '8' ? static_cast<char>(next + 1) : next;
  }
  return moved;
}

void write_replacement(Writer& writer, const CallSite& site, std::string pattern) {
  const std::string* replacement = Writer::text_of(site.argument(2));
  const std::string* flags = site.arguments.size() > 3 ? Writer::text_of(site.argument(3)) : nullptr;
  const bool global = flags != nullptr && *flags == "g";
  if (replacement == nullptr || (site.arguments.size() > 3 && !global && (flags == nullptr || !flags->empty()))) {
    writer.refuse("regexp_replace takes a constant replacement, and no flag but 'g'", "write both as texts");
    return;
  }
  std::string portable = *replacement;
  if (names_whole_match(portable)) {
    pattern = "(" + pattern + ")";
    const auto moved = with_groups_moved(portable);
    if (!moved) {
      writer.refuse("a replacement with \\& has at most eight groups here", "use fewer groups");
      return;
    }
    portable = *moved;
  }
  const auto written = regex_pattern(pattern, RegexFlavour::posix_extended, global ? RegexUse::replace_all : RegexUse::replace_first);
  if (!written) return writer.refuse(written.error().message, written.error().hint);
  const auto text = regex_replacement(portable, RegexFlavour::posix_extended);
  if (!text) return writer.refuse(text.error().message, text.error().hint);
  writer.text("regexp_replace(").argument(site, 0).text(", ").string(*written).text(", ").string(*text);
  writer.text(global ? ", 1, 0, 's')" : ", 1, 1, 's')");
}

// An aggregate over rows of which none may count: Snowflake has an empty text or array for it, PostgreSQL NULL.
void write_unless_empty(Writer& writer, const CallSite& site, const std::function<void()>& print) {
  ir::AggregateCall counted = *site.aggregate;
  counted.order_by.clear();
  counted.distinct = false;
  CallSite count = site;
  count.aggregate = &counted;
  const std::array<std::uint8_t, 1> first{0};
  writer.text("case when ");
  writer.application("count", count, first);
  writer.text(" > 0 then ");
  print();
  writer.text(" end");
}

// Fails at the row whose text it is, with that text in the error.
void write_checked(Writer& writer, std::string_view test, const std::function<void()>& print, std::string_view reason) {
  writer.text("case when ").text(test.substr(0, test.find('?')));
  print();
  writer.text(test.substr(test.find('?') + 1)).text(" then ");
  print();
  writer.text(" else ").string(reason).text(" || ");
  print();
  writer.text(" end");
}

}  // namespace

// REGEXP_LIKE wants the whole text to match; a dot matches a line break as in PostgreSQL by the parameter s.
void write_regex(Writer& writer, const CallSite& site) {
  const std::string* pattern = Writer::text_of(site.argument(1));
  if (pattern == nullptr) {
    writer.refuse("the pattern of a regular expression must be a constant", "write the pattern as a text");
    return;
  }
  if (site.function == F::regexp_replace) return write_replacement(writer, site, *pattern);
  const bool like = site.function == F::regexp_like;
  const auto written = regex_pattern(*pattern, RegexFlavour::posix_extended, like ? RegexUse::like : RegexUse::substring);
  if (!written) return writer.refuse(written.error().message, written.error().hint);
  writer.text(like ? "regexp_like(" : "regexp_substr(").argument(site, 0).text(", ");
  writer.string(like ? ".*(" + *written + ").*" : *written).text(like ? ", 's')" : ", 1, 1, 's')");
}

void write_concat_ws(Writer& writer, const CallSite& site) {
  writer.text("array_to_string(array_construct_compact(");
  for (std::size_t i = 1; i < site.arguments.size(); ++i) writer.text(i > 1 ? ", " : "").argument(site, i);
  writer.text("), ").argument(site, 0).text(")");
}

void write_repeat(Writer& writer, const CallSite& site) {
  const auto count = Writer::integer_of(site.argument(1));
  writer.text("repeat(").argument(site, 0).text(", ");
  if (count) {
    writer.number(std::max<std::int64_t>(0, *count)).text(")");
  } else {
    writer.text("greatest(").argument(site, 1).text(", 0))");
  }
}

void write_split_part(Writer& writer, const CallSite& site) {
  split_position(writer, site);
  if (may_be_empty(site.argument(1))) {
    writer.refuse("split_part takes a constant separator that is not empty", "write the separator out, such as ','");
  }
  writer.text("split_part(").argument(site, 0).text(", ").argument(site, 1).text(", ").argument(site, 2).text(")");
}

void write_string_agg(Writer& writer, const CallSite& site) {
  if (site.aggregate == nullptr) return write_listagg(writer, site);
  write_unless_empty(writer, site, [&] { write_listagg(writer, site); });
}

void write_array_agg(Writer& writer, const CallSite& site) {
  if (site.aggregate == nullptr) {
    writer.refuse("array_agg cannot be used over a window", "aggregate first, then join");
    return;
  }
  if (site.argument(0).nullable) {
    writer.refuse("an array leaves NULLs out", "filter the NULLs out: array_agg(x) filter (where x is not null)");
  }
  write_unless_empty(writer, site, [&] {
    ir::AggregateCall bare = *site.aggregate;
    bare.order_by.clear();
    CallSite unordered = site;
    unordered.aggregate = &bare;
    writer.application_start("array_agg", unordered);
    writer.filtered(site, [&] { writer.argument(site, 0); });
    if (Writer::has_order(site.aggregate->order_by, site.env)) {
      writer.text(") within group (order by ");
      writer.order_keys(site.aggregate->order_by, site.env, false);
    }
    writer.application_end(unordered);
  });
}

// Lists and mappings have no text, as engines spell them differently; JSON's null has none either.
void write_json_text(Writer& writer, const CallSite& site) {
  for (std::size_t i = 1; i < site.arguments.size(); ++i) {
    if (Writer::text_of(site.argument(i)) != nullptr) continue;
    writer.refuse("the path into JSON must be constant", "write its parts as texts");
    return;
  }
  const auto value = [&] {
    for (std::size_t i = 1; i < site.arguments.size(); ++i) writer.text("get(");
    writer.argument(site, 0);
    for (std::size_t i = 1; i < site.arguments.size(); ++i) {
      const std::string& part = *Writer::text_of(site.argument(i));
      const bool index = !part.empty() && part.size() < 10 && part.find_first_not_of("0123456789") == std::string::npos;
      writer.text(", ");
      if (index) {
        writer.text(part);
      } else {
        writer.string(part);
      }
      writer.text(")");
    }
  };
  writer.text("case when typeof(");
  value();
  writer.text(") not in ('ARRAY', 'OBJECT') then cast(");
  value();
  writer.text(" as varchar) end");
}

bool write_cast_of_text(Writer& writer, const ir::Expression& operand, const ir::Type& to, const Env& env) {
  const auto print = [&] { writer.expression(operand, env, Level::any, Writer::Form::value, true); };
  const auto trimmed = [&] {
    writer.text("trim(");
    print();
    writer.text(")");
  };
  if (to.is_integer()) {
    // '1.5' is rounded, and is no whole number to PostgreSQL.
    writer.text("cast(ltrim(");
    write_checked(writer, "regexp_like(?, '[-+]?[0-9]+')", trimmed, "no whole number: ");
    writer.text(", '+') as ").type(to).text(")");
  } else if (to.kind == K::decimal || to.is_float()) {
    writer.text("cast(");
    trimmed();
    writer.text(" as ").type(to).text(")");
  } else if (to.kind == K::boolean) {
    // The beginnings of PostgreSQL's words that Snowflake does not know.
    writer.text("to_boolean(case lower(");
    trimmed();
    writer.text(") when 'tr' then 't' when 'tru' then 't' when 'ye' then 't' when 'fa' then 'f' when 'fal' then 'f' when 'fals' then 'f'");
    writer.text(" when 'of' then 'f' else ");
    trimmed();
    writer.text(" end)");
  } else if (to.kind == K::date) {
    writer.text("to_date(");
    trimmed();
    writer.text(", 'YYYY-MM-DD')");
  } else if (to.kind == K::timestamp || to.kind == K::time) {
    // By the format AUTO digits alone would be seconds since 1970.
    writer.text(to.kind == K::time ? "to_time(" : "to_timestamp_ntz(");
    write_checked(writer, to.kind == K::time ? "? like '%:%'" : "? like '____-%'", trimmed, "no ISO form: ");
    writer.text(", 'AUTO')");
  } else if (to.kind == K::timestamptz) {
    writer.refuse("a text without an offset would be read in the session's time zone", "write cast(x as timestamp) at time zone 'UTC'");
  } else if (to.kind == K::varchar) {
    writer.text("left(");
    print();
    writer.text(", ").number(to.length).text(")");
  } else if (to.kind == K::json) {
    writer.text("parse_json(");
    print();
    writer.text(")");
  } else if (to.kind == K::uuid || to.kind == K::bytes) {
    writer.refuse("a text is not checked when it is read as " + ir::to_string(to), "keep it as a text");
  } else {
    return false;
  }
  return true;
}

}  // namespace penstock::dialects::snowflake
