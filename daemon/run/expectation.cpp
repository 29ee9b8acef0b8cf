#include "daemon/run/expectation.h"

#include <algorithm>

#include "pipelines/components/reading.h"

namespace penstock::run {
namespace {

using model::Node;

/// The texts of a list, or of the one value that stands for it.
std::vector<std::string> texts_of(const Node* node) {
  std::vector<std::string> texts;
  if (node == nullptr) return texts;
  if (node->kind != Node::Kind::sequence) return {node->text};
  for (const Node& item : node->items) {
    if (item.kind == Node::Kind::scalar) texts.push_back(item.text);
  }
  return texts;
}

/// "a", "a or b", "a, b or c".
std::string listed(const std::vector<std::string>& texts, std::string_view last) {
  std::string list;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (i > 0) list += i + 1 == texts.size() ? " " + std::string(last) + " " : ", ";
    list += texts[i];
  }
  return list;
}

std::string rows(const std::string& number) { return number + (number == "1" ? " row" : " rows"); }

std::string row_count_words(const Node* least, const Node* most) {
  if (most == nullptr) return "at least " + rows(least->text);
  if (least == nullptr) return "at most " + rows(most->text);
  return least->text == most->text ? "exactly " + rows(least->text) : "from " + least->text + " to " + rows(most->text);
}

std::string relationship_words(const Node& parameters, const std::vector<std::string>& columns) {
  const Node* field = parameters.find("field");
  const std::string key = field == nullptr ? std::string() : " as " + listed(texts_of(field), "and");
  return "every " + listed(columns, "and") + " is in " + texts_of(parameters.find("to")).at(0) + key + ", or NULL";
}

std::string words_of(const model::Check& check, const std::vector<std::string>& columns) {
  const Node& parameters = check.parameters;
  if (check.kind == "not_null") return "no row where " + listed(columns, "or") + " is NULL";
  if (check.kind == "unique") return "no two rows with the same " + listed(columns, "and");
  if (check.kind == "accepted_values") {
    return "every " + listed(columns, "and") + " is " + listed(texts_of(parameters.find("values")), "or") + ", or NULL";
  }
  if (check.kind == "relationship" && parameters.find("to") != nullptr) return relationship_words(parameters, columns);
  const Node* least = parameters.find("min");
  const Node* most = parameters.find("max");
  if (check.kind == "row_count" && (least != nullptr || most != nullptr)) return row_count_words(least, most);
  const Node* condition = components::value_of(parameters, "condition");
  if (check.kind == "expression" && condition != nullptr) return "no row that breaks " + condition->text;
  return "no row breaks " + check.name;
}

}  // namespace

Expectation expectation_of(const model::Step& step, std::string_view check) {
  const auto found = std::find_if(step.checks.begin(), step.checks.end(), [&](const model::Check& each) { return each.name == check; });
  if (found == step.checks.end()) return {"no row breaks " + std::string(check), {}};
  const Node* columns = components::value_of(found->parameters, "columns");
  Expectation expectation;
  if (found->kind != "expression") expectation.columns = texts_of(columns != nullptr ? columns : found->parameters.find("column"));
  expectation.words = words_of(*found, expectation.columns);
  return expectation;
}

}  // namespace penstock::run
