#include <array>

#include "pipelines/dialects/databricks_calls.h"
#include "pipelines/dialects/pattern.h"
#include "pipelines/dialects/target.h"
#include "pipelines/dialects/usage.h"

namespace penstock::dialects::databricks {
namespace {

using K = ir::TypeKind;

std::string utf8_of(std::uint32_t point) {
  std::string text;
  const auto tail = [&](int shift) { text += static_cast<char>(0x80U | ((point >> shift) & 0x3FU)); };
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xC0U | (point >> 6U));
    tail(0);
  } else if (point < 0x10000) {
    text += static_cast<char>(0xE0U | (point >> 12U));
    tail(6);
    tail(0);
  } else {
    text += static_cast<char>(0xF0U | (point >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
  return text;
}

}  // namespace

// chr() gives one of 256 characters. UTF-16 reaches all: two units beyond the first 65,536.
void write_chr(Writer& writer, const CallSite& site) {
  if (const auto point = Writer::integer_of(site.argument(0)); point && *point > 0 && *point <= 0x10FFFF) {
    writer.string(utf8_of(static_cast<std::uint32_t>(*point)));
    return;
  }
  const auto number = [&]() -> Writer& { return writer.argument(site, 0, Level::product); };
  writer.text("case when ").argument(site, 0, Level::concatenation).text(" not between 1 and 1114111 then ");
  write_failure(writer, "requested character not valid for encoding");
  writer.text(" when ").argument(site, 0, Level::concatenation).text(" < 65536 then decode(unhex(lpad(hex(");
  writer.argument(site, 0).text("), 4, '0')), 'UTF-16BE') else decode(unhex(concat(hex(55232 + ");
  number().text(" div 1024), hex(56320 + ");
  number().text(" % 1024))), 'UTF-16BE') end");
}

// regexp_substr() takes an empty match for none.
void write_regexp_substring(Writer& writer, const CallSite& site) {
  const std::string* pattern = Writer::text_of(site.argument(1));
  if (pattern == nullptr) {
    writer.refuse("the pattern of a regular expression must be a constant", "write the pattern as a text");
    return;
  }
  const auto written = regex_pattern(*pattern, RegexFlavour::java, RegexUse::substring);
  if (!written) {
    writer.refuse(written.error().message, written.error().hint);
    return;
  }
  writer.text("case when regexp_like(").argument(site, 0).text(", ").string(*written).text(") then regexp_extract(");
  writer.argument(site, 0).text(", ").string(*written).text(", 0) end");
}

void write_json_text(Writer& writer, const CallSite& site) {
  std::string path = "$";
  for (std::size_t i = 1; i < site.arguments.size(); ++i) {
    const std::string* part = Writer::text_of(site.argument(i));
    if (part == nullptr || part->find_first_of("\"'\\]") != std::string::npos) {
      writer.refuse("the path into JSON must be constant, without quotes", "write its parts as texts");
      return;
    }
    const bool index = !part->empty() && part->find_first_not_of("0123456789") == std::string::npos;
    path += index ? "[" + *part + "]" : "[\"" + *part + "\"]";
  }
  // Engines spell lists and mappings differently: they have no text.
  writer.text("case when schema_of_variant(try_variant_get(").argument(site, 0).text(", ").string(path);
  writer.text(", 'variant')) not rlike '^(ARRAY|OBJECT)<' then try_variant_get(").argument(site, 0).text(", ").string(path);
  writer.text(", 'string') end");
}

// Spark 4.2 fails on DISTINCT together with FILTER, and on DISTINCT of a constant.
void write_string_agg(Writer& writer, const CallSite& site) {
  const bool distinct = site.aggregate != nullptr && site.aggregate->distinct;
  const bool constant = distinct && is_constant(site.argument(0), site.env);
  if (!constant && (!distinct || site.aggregate->filter == nullptr)) return write_listagg(writer, site);
  if (!is_constant(site.argument(1), site.env)) return write_listagg(writer, site);
  ir::AggregateCall bare = *site.aggregate;
  bare.distinct = !constant;
  bare.order_by.clear();
  if (!constant) bare.filter = nullptr;
  CallSite plain = site;
  plain.aggregate = &bare;
  const std::array<std::uint8_t, 1> first{0};
  if (constant) return writer.application("max", plain, first);
  const auto value = [&] {
    writer.text("case when ").expression(*site.aggregate->filter, site.env, Level::any, Writer::Form::predicate);
    writer.text(" then ").argument(site, 0).text(" end");
  };
  writer.application_start("listagg", plain);
  value();
  writer.text(", ").argument(site, 1).text(") within group (order by ");
  value();
  const auto& order = site.aggregate->order_by;
  writer.text(!order.empty() && order.front().descending ? " desc" : "");
  writer.application_end(plain);
}

void write_array_agg(Writer& writer, const CallSite& site) {
  if (site.argument(0).nullable) {
    writer.refuse("array_agg leaves NULLs out", "filter them out yourself: array_agg(x) filter (where x is not null)");
  }
  if (site.aggregate != nullptr && Writer::has_order(site.aggregate->order_by, site.env)) {
    writer.refuse("array_agg has no order here", "join the values to a text instead: string_agg(x, ',' order by y)");
    return;
  }
  if (site.aggregate != nullptr && site.aggregate->distinct && site.argument(0).type.kind == K::json) {
    writer.refuse("two VARIANTs cannot be compared", "aggregate the texts of a part: x ->> 'key'");
  }
  // Of no rows it is an empty array, and NULL in PostgreSQL.
  const std::array<std::uint8_t, 1> first{0};
  writer.text("case when ");
  writer.application("count", site, first);
  writer.text(" > 0 then ");
  writer.application("array_agg", site, first);
  writer.text(" end");
}

}  // namespace penstock::dialects::databricks
