#include "pipelines/dialects/synapse_calls.h"
#include "pipelines/dialects/target.h"

namespace penstock::dialects::synapse {
namespace {

using F = ir::Function;
using K = ir::TypeKind;

bool is_text(const CallSite& site) { return site.argument(0).type.is_text() || site.argument(1).type.is_text(); }

// Texts that never end in a blank are equal as the target sees it, and a bare column is what it places rows by.
bool needs_lengths(const CallSite& site) {
  return is_text(site) && !(Writer::is_trimmed(site.argument(0), site.env) && Writer::is_trimmed(site.argument(1), site.env));
}

void write_length(Writer& writer, const CallSite& site, std::size_t index) {
  writer.text("len(").argument(site, index, Level::concatenation).text(" + N'|')");
}

// Both sides with an operator, and then both lengths.
void write_sides(Writer& writer, const CallSite& site, std::string_view symbol) {
  writer.argument(site, 0, Level::concatenation).text(symbol).argument(site, 1, Level::concatenation);
}

void write_lengths(Writer& writer, const CallSite& site, std::string_view symbol) {
  write_length(writer, site, 0);
  writer.text(symbol);
  write_length(writer, site, 1);
}

void write_same(Writer& writer, const CallSite& site) {
  write_sides(writer, site, " = ");
  if (!needs_lengths(site)) return;
  writer.text(" and ");
  write_lengths(writer, site, " = ");
}

// Two texts of 4,000 characters would be cut to 4,000; a text without limit is not.
void write_unlimited(Writer& writer, const CallSite& site, std::size_t index) {
  writer.text("cast(").argument(site, index).text(" as nvarchar(max))");
}

void write_fill(Writer& writer, const CallSite& site) {
  writer.text("replicate(cast(");
  if (site.arguments.size() > 2) {
    writer.argument(site, 2);
  } else {
    writer.text("N' '");
  }
  writer.text(" as nvarchar(max)), ").argument(site, 1).text(")");
}

}  // namespace

void write_equal(Writer& writer, const CallSite& site) {
  if (needs_lengths(site)) writer.text("(");
  write_same(writer, site);
  if (needs_lengths(site)) writer.text(")");
}

void write_not_equal(Writer& writer, const CallSite& site) {
  if (needs_lengths(site)) writer.text("(");
  write_sides(writer, site, " <> ");
  if (!needs_lengths(site)) return;
  writer.text(" or ");
  write_lengths(writer, site, " <> ");
  writer.text(")");
}

// Equal but for blanks at the end: the longer text is the greater.
void write_order(Writer& writer, const CallSite& site) {
  const bool less = site.function == F::less || site.function == F::less_equal;
  const bool or_equal = site.function == F::less_equal || site.function == F::greater_equal;
  const std::string_view symbol = or_equal ? (less ? " <= " : " >= ") : (less ? " < " : " > ");
  if (!needs_lengths(site)) return write_sides(writer, site, symbol);
  writer.text("(");
  write_sides(writer, site, less ? " < " : " > ");
  writer.text(" or (");
  write_sides(writer, site, " = ");
  writer.text(" and ");
  write_lengths(writer, site, symbol);
  writer.text("))");
}

void write_distinctness(Writer& writer, const CallSite& site) {
  writer.text("case when ");
  write_same(writer, site);
  writer.text(" or (").argument(site, 0, Level::concatenation).text(" is null and ").argument(site, 1, Level::concatenation);
  writer.text(" is null) then 0 else 1 end = ").text(site.function == F::is_distinct_from ? "1" : "0");
}

void write_null_if(Writer& writer, const CallSite& site) {
  if (!is_text(site)) {
    writer.text("nullif(").argument(site, 0).text(", ").argument(site, 1).text(")");
    return;
  }
  writer.text("case when ");
  write_same(writer, site);
  writer.text(" then null else ").argument(site, 0).text(" end");
}

void write_concat_operator(Writer& writer, const CallSite& site) {
  const auto* inner = std::get_if<ir::Call>(&site.argument(0).node);
  if (inner != nullptr && inner->function == F::concat_operator) {
    writer.argument(site, 0, Level::concatenation);
  } else {
    write_unlimited(writer, site, 0);
  }
  writer.text(" + ").argument(site, 1, Level::primary);
}

void write_concat(Writer& writer, const CallSite& site) {
  writer.text("concat(");
  write_unlimited(writer, site, 0);
  for (std::size_t i = 1; i < site.arguments.size(); ++i) writer.text(", ").argument(site, i);
  writer.text(site.arguments.size() == 1 ? ", N'')" : ")");
}

void write_trim_start(Writer& writer, const CallSite& site) {
  const std::string* characters = Writer::text_of(site.argument(1));
  if (characters == nullptr || *characters != " ") {
    writer.refuse("only blanks can be trimmed at one side", "trim both sides, or use substring");
  }
  writer.text(site.function == F::left_trim ? "ltrim(" : "rtrim(").argument(site, 0).text(")");
}

void write_substring(Writer& writer, const CallSite& site) {
  writer.text("substring(").argument(site, 0).text(", ").argument(site, 1).text(", ");
  if (site.arguments.size() > 2) {
    writer.argument(site, 2);
  } else {
    writer.text("2147483647");
  }
  writer.text(")");
}

void write_side(Writer& writer, const CallSite& site) {
  const auto count = Writer::integer_of(site.argument(1));
  writer.text(site.function == F::left ? "left(" : "right(").argument(site, 0).text(", ");
  if (count && *count < 0) {
    writer.text("case when ");
    write_length(writer, site, 0);
    writer.text(" - 1 > ").number(-*count).text(" then ");
    write_length(writer, site, 0);
    writer.text(" - 1 - ").number(-*count).text(" else 0 end)");
    return;
  }
  writer.argument(site, 1).text(")");
}

void write_left_pad(Writer& writer, const CallSite& site) {
  writer.text("left(");
  write_fill(writer, site);
  writer.text(", case when ");
  write_length(writer, site, 0);
  writer.text(" - 1 < ").argument(site, 1, Level::concatenation).text(" then ").argument(site, 1, Level::sum).text(" - ");
  write_length(writer, site, 0);
  writer.text(" + 1 else 0 end) + left(").argument(site, 0).text(", ").argument(site, 1).text(")");
}

void write_right_pad(Writer& writer, const CallSite& site) {
  writer.text("left(").argument(site, 0, Level::concatenation).text(" + ");
  write_fill(writer, site);
  writer.text(", ").argument(site, 1).text(")");
}

void write_repeat(Writer& writer, const CallSite& site) {
  const auto count = Writer::integer_of(site.argument(1));
  writer.text("replicate(");
  write_unlimited(writer, site, 0);
  writer.text(", ");
  if (count) {
    writer.number(*count < 0 ? 0 : *count).text(")");
  } else {
    writer.text("case when ").argument(site, 1, Level::concatenation).text(" < 0 then 0 else ").argument(site, 1).text(" end)");
  }
}

void write_position(Writer& writer, const CallSite& site) {
  const bool guard = may_be_empty(site.argument(1));
  if (guard) {
    writer.text("case when ");
    write_length(writer, site, 1);
    writer.text(" = 1 and ").argument(site, 0, Level::concatenation).text(" is not null then 1 else ");
  }
  writer.text("cast(charindex(").argument(site, 1).text(", ").argument(site, 0).text(") as int)").text(guard ? " end" : "");
}

void write_starts_with(Writer& writer, const CallSite& site) {
  writer.text("left(").argument(site, 0).text(", ");
  write_length(writer, site, 1);
  writer.text(" - 1) + N'|' = ").argument(site, 1, Level::concatenation).text(" + N'|'");
}

void write_string_agg(Writer& writer, const CallSite& site) {
  if (site.aggregate != nullptr && site.aggregate->distinct) {
    writer.refuse("string_agg takes no DISTINCT", "remove equal rows in a step before");
  }
  write_string_agg_within_group(writer, site);
}

}  // namespace penstock::dialects::synapse
