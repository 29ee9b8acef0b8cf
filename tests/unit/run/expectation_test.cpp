#include "daemon/run/expectation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace penstock::run {
namespace {

using model::Node;
using testing::ElementsAre;
using testing::IsEmpty;

Node scalar(std::string text) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.text = std::move(text);
  return node;
}

Node list(std::vector<std::string> texts) {
  Node node;
  node.kind = Node::Kind::sequence;
  for (std::string& text : texts) node.items.push_back(scalar(std::move(text)));
  return node;
}

model::Step step_with(std::string kind, std::vector<std::pair<std::string, Node>> parameters) {
  model::Check check;
  check.kind = std::move(kind);
  check.name = "it";
  check.parameters.kind = Node::Kind::mapping;
  for (auto& [key, value] : parameters) check.parameters.entries.push_back({key, {}, std::move(value)});
  model::Step step;
  step.checks.push_back(std::move(check));
  return step;
}

std::string words(std::string kind, std::vector<std::pair<std::string, Node>> parameters) {
  return expectation_of(step_with(std::move(kind), std::move(parameters)), "it").words;
}

TEST(Expectation, SaysInWordsWhatEachKindOfCheckExpects) {
  EXPECT_EQ(words("not_null", {{"columns", list({"delay"})}}), "no row where delay is NULL");
  EXPECT_EQ(words("not_null", {{"columns", list({"a", "b", "c"})}}), "no row where a, b or c is NULL");
  EXPECT_EQ(words("unique", {{"columns", list({"state", "place"})}}), "no two rows with the same state and place");
  EXPECT_EQ(words("accepted_values", {{"column", scalar("status")}, {"values", list({"open", "closed"})}}),
            "every status is open or closed, or NULL");
  EXPECT_EQ(words("relationship", {{"column", scalar("origin")}, {"to", scalar("airports")}, {"field", scalar("iata")}}),
            "every origin is in airports as iata, or NULL");
  EXPECT_EQ(words("relationship", {{"column", list({"a", "b"})}, {"to", scalar("keys")}}), "every a and b is in keys, or NULL");
  EXPECT_EQ(words("row_count", {{"min", scalar("1")}}), "at least 1 row");
  EXPECT_EQ(words("row_count", {{"max", scalar("20")}}), "at most 20 rows");
  EXPECT_EQ(words("row_count", {{"min", scalar("5")}, {"max", scalar("20")}}), "from 5 to 20 rows");
  EXPECT_EQ(words("row_count", {{"min", scalar("5")}, {"max", scalar("5")}}), "exactly 5 rows");
  EXPECT_EQ(words("expression", {{"condition", scalar("arrival >= departure")}}), "no row that breaks arrival >= departure");
}

TEST(Expectation, ReadsAlsoWhatIsWrittenShort) {
  model::Step step = step_with("not_null", {});
  step.checks[0].parameters = list({"origin", "delay"});
  EXPECT_EQ(expectation_of(step, "it").words, "no row where origin or delay is NULL");
  EXPECT_THAT(expectation_of(step, "it").columns, ElementsAre("origin", "delay"));
  step = step_with("expression", {});
  step.checks[0].parameters = scalar("arrival >= departure");
  EXPECT_EQ(expectation_of(step, "it").words, "no row that breaks arrival >= departure");
  EXPECT_THAT(expectation_of(step, "it").columns, IsEmpty());
}

TEST(Expectation, NamesTheColumnsThatItIsAbout) {
  const auto columns = [](std::string kind, std::vector<std::pair<std::string, Node>> parameters) {
    return expectation_of(step_with(std::move(kind), std::move(parameters)), "it").columns;
  };
  EXPECT_THAT(columns("unique", {{"columns", list({"state", "place"})}}), ElementsAre("state", "place"));
  EXPECT_THAT(columns("accepted_values", {{"column", scalar("status")}, {"values", list({"open"})}}), ElementsAre("status"));
  EXPECT_THAT(columns("row_count", {{"min", scalar("1")}}), IsEmpty());
}

TEST(Expectation, ACheckThatNobodyWroteIsKnownByItsName) {
  EXPECT_EQ(expectation_of(model::Step(), "join_airports_match").words, "no row breaks join_airports_match");
}

}  // namespace
}  // namespace penstock::run
