#include "pipelines/sql/query.h"

#include <algorithm>
#include <array>
#include <utility>

#include "pipelines/base/lookalike.h"
#include "pipelines/base/suggest.h"
#include "pipelines/base/utf8.h"
#include "pipelines/sql/comments.h"
#include "pipelines/sql/reading.h"

namespace penstock::sql {
namespace {

struct StatementName {
  std::string_view tag;
  std::string_view name;
};

constexpr std::array kStatements{
    StatementName{"InsertStmt", "an INSERT"},
    StatementName{"UpdateStmt", "an UPDATE"},
    StatementName{"DeleteStmt", "a DELETE"},
    StatementName{"MergeStmt", "a MERGE"},
    StatementName{"CreateStmt", "a CREATE"},
    StatementName{"CreateTableAsStmt", "a CREATE"},
    StatementName{"ViewStmt", "a CREATE VIEW"},
    StatementName{"DropStmt", "a DROP"},
    StatementName{"TruncateStmt", "a TRUNCATE"},
    StatementName{"AlterTableStmt", "an ALTER"},
    StatementName{"TransactionStmt", "a transaction command"},
    StatementName{"CopyStmt", "a COPY"},
    StatementName{"CallStmt", "a CALL"},
    StatementName{"ExplainStmt", "an EXPLAIN"},
};

std::string last_word_before(std::string_view text, std::size_t offset) {
  while (offset > 0 && text[offset - 1] == ' ') --offset;
  std::size_t begin = offset;
  while (begin > 0 && (std::isalnum(static_cast<unsigned char>(text[begin - 1])) != 0 || text[begin - 1] == '_')) --begin;
  std::string word(text.substr(begin, offset - begin));
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word;
}

std::string lower_token(std::string_view text, std::size_t offset) {
  std::string word(text.substr(std::min(offset, text.size()), token_length(text, offset)));
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word;
}

// The keyword that a word at which the parser stopped, or the one before it, was meant for.
std::string misspelt_keyword(const std::string& word) {
  static const std::vector<std::string> kKeywords{"select", "from",  "where", "group",     "order", "having", "limit",   "union",   "join",
                                                  "left",   "inner", "with",  "partition", "then",  "else",   "between", "distinct"};
  if (word.size() < 3 || std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end()) return {};
  const auto meant = nearest(word, kKeywords);
  return meant ? "is \"" + word + "\" meant for " + *meant + "?" : std::string();
}

bool is_name(const std::string& word) {
  return !word.empty() && word.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
}

// A word of SQL where a name is expected.
std::string reserved_name(const std::string& here, const std::string& before) {
  if (before != "from" && before != "join" && before != "as") return {};
  return is_name(here) ? "\"" + here + "\" is a word of SQL: as a name it stands in double quotes" : std::string();
}

// A character near the place that is not what it looks like.
std::string odd_near(std::string_view text, std::size_t offset) {
  constexpr std::string_view kBlanks = " \t\r\n";
  offset = std::min(offset, text.size());
  const auto end = std::min(text.find_first_of(kBlanks, std::min(text.find_first_not_of(kBlanks, offset), text.size())), text.size());
  auto start = text.find_last_not_of(kBlanks, offset == 0 ? 0 : offset - 1);
  start = start == std::string_view::npos ? 0 : text.find_last_of(kBlanks, start) + 1;
  return odd_character(text.substr(start, end - start));
}

// Words of other dialects, and slips, that the parser only calls a syntax error.
std::string syntax_help(std::string_view text, std::size_t offset, std::string_view message) {
  if (message.ends_with("in FROM must have an alias")) return "give it a name behind its bracket: from (select ...) as t";
  const std::string here = lower_token(text, offset);
  const std::string before = last_word_before(text, offset);
  if (here.starts_with('#')) return "a comment is written -- to the end of the line, or /* ... */";
  if (here == "qualify" || before == "qualify") {
    return "QUALIFY is not PostgreSQL: select from (select ..., row_number() over (...) as n from ...) as t where n = 1";
  }
  if (before == "top") return "TOP is not PostgreSQL: write order by ... limit 10 at the end";
  if (here.starts_with('`') || here.starts_with('[')) return "names are quoted with double quotes: \"name\"";
  const auto previous = text.substr(0, offset).find_last_not_of(" \n\t");
  if (previous != std::string_view::npos && text[previous] == ',') return "is there a comma too many before it?";
  if (here == "{{" || here.starts_with('{') || here.starts_with("%}"))
    return "there are no text templates here: parameters are values, written :name";
  if (text.find('`') != std::string_view::npos) return "names are quoted with double quotes: \"name\"";
  const std::string_view read = text.substr(0, std::min(offset, text.size()));
  if (std::count(read.begin(), read.end(), '(') > std::count(read.begin(), read.end(), ')')) return "is a bracket before it not closed?";
  if (const std::string help = reserved_name(here, before); !help.empty()) return help;
  if (const std::string help = misspelt_keyword(before); !help.empty()) return help;
  if (const std::string help = misspelt_keyword(here); !help.empty()) return help;
  return is_name(here) && is_name(before) ? "is there a comma missing before \"" + before + "\" or \"" + here + "\"?" : std::string();
}

}  // namespace

void report_syntax_error(const SyntaxError& error, const Reporter& reporter, std::string_view original) {
  if (error.message.find("memory exhausted") != std::string::npos || error.message.find("stack depth") != std::string::npos) {
    reporter.unsupported(error.offset, "the text is nested too deeply", "split it over several steps");
    return;
  }
  std::string message = error.message;
  // The parser quotes the masked text of a parameter, and ends in the middle of a character.
  constexpr std::string_view kNear = " at or near \"";
  if (const auto near = message.find(kNear); near != std::string::npos) {
    const std::size_t quoted = message.size() - 1 - (near + kNear.size());
    const std::size_t end = utf8_boundary(original, error.offset + quoted);
    message = message.substr(0, near + kNear.size()) + shortened(original.substr(error.offset, end - error.offset), 60) + "\"";
  }
  std::string help = syntax_help(original, error.offset, error.message);
  reporter.error(error.offset, Code::sql_syntax, std::move(message), odd_near(original, error.offset), std::move(help));
}

bool is_readable(const Masked& masked, const Reporter& reporter) {
  if (!masked.unreadable) return true;
  const bool null_character = masked.text[*masked.unreadable] == '\0';
  reporter.error(*masked.unreadable, Code::sql_syntax,
                 null_character ? "the text holds a NUL character" : "the text is nested too deeply, or too long", {},
                 null_character ? "" : "split it over several steps");
  return false;
}

std::optional<Part> single_select(const SyntaxTree& tree, const Reporter& reporter) {
  const Part statements = tree.statements();
  if (statements.is_empty()) {
    reporter.error(0, Code::sql_syntax, "there is no SELECT here");
    return std::nullopt;
  }
  if (statements.size() > 1) {
    Part second;
    std::size_t count = 0;
    for (const Part statement : statements) {
      if (++count == 2) second = statement;
    }
    const auto start = static_cast<std::size_t>(second.number("stmt_location"));
    const std::size_t visible = reporter.masked().text.find_first_not_of(" \n\t;", start);
    reporter.error(std::min(visible, reporter.masked().text.size()), Code::sql_unsupported,
                   "a step is one SELECT, and another statement follows here", {}, "make a second step of it");
    return std::nullopt;
  }
  const Part statement = statements.first()["stmt"];
  if (const Part select = statement["SelectStmt"]) return select;
  const auto* known =
      std::find_if(kStatements.begin(), kStatements.end(), [&](const StatementName& one) { return one.tag == statement.tag(); });
  const std::string name = known == kStatements.end() ? "another statement" : std::string(known->name);
  const std::size_t start = reporter.masked().text.find_first_not_of(" \n\t;");
  reporter.error(start == std::string::npos ? 0 : start, Code::sql_unsupported, "a step is one SELECT, and this is " + name, {},
                 "write the rows that the table shall hold; `publish:` says how they get there");
  return std::nullopt;
}

ir::RelationPtr parse_query(const model::Node& text, const Tables& tables, const Parameters& parameters, Diagnostics& diagnostics,
                            ir::Place first) {
  const Masked masked = mask(text.text);
  const Reporter syntax_reporter(text, masked, 0, diagnostics);
  if (!is_readable(masked, syntax_reporter) || loses_lines(text, {}, diagnostics)) return nullptr;
  const auto tree = SyntaxTree::parse(masked.text);
  if (!tree) {
    if (!is_cut_short(text, tree.error(), diagnostics)) report_syntax_error(tree.error(), syntax_reporter, text.text);
    return nullptr;
  }
  if (goes_on(
          text, {}, [](Part) { return true; }, diagnostics))
    return nullptr;
  const auto select = single_select(*tree, syntax_reporter);
  if (!select) return nullptr;
  Resolver::OpenTables open;
  Diagnostics found;
  const Reporter reporter(text, masked, 0, found, first);
  ir::RelationPtr relation = Resolver(reporter, &tables, parameters, open).top(*select);
  const bool any_open = std::any_of(open.begin(), open.end(), [](const auto& table) { return !table.second.empty(); });
  if (!any_open) {
    diagnostics.append(found);
    return found.has_errors() ? nullptr : relation;
  }
  // Which columns the open tables must have is known only after the whole text was read: with them it is read once more.
  Diagnostics again;
  const Reporter second(text, masked, 0, again, first);
  relation = Resolver(second, &tables, parameters, open).top(*select);
  diagnostics.append(again);
  return again.has_errors() ? nullptr : relation;
}

}  // namespace penstock::sql
