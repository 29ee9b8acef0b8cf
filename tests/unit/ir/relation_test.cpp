#include "pipelines/ir/relation.h"

#include <gtest/gtest.h>

#include "pipelines/ir/parameter.h"

namespace penstock::ir {
namespace {

Identifier name(const char* text) { return Identifier::exact(text); }

TableName table(const char* text) { return {{}, {}, name(text)}; }

Type type(const char* text) { return parse_type(text).value(); }

RelationPtr flights() { return scan(table("flights"), {{name("day"), type("date"), false}, {name("delay"), type("int16"), true}}); }

TEST(RelationTest, OuterJoinsMakeColumnsNullable) {
  const auto both = [](Join::Kind kind) {
    const RelationPtr joined = join(kind, flights(), flights(), boolean(true));
    return std::pair(joined->columns[0].nullable, joined->columns.size() > 2 && joined->columns[2].nullable);
  };
  EXPECT_EQ(both(Join::Kind::inner), std::pair(false, false));
  EXPECT_EQ(both(Join::Kind::left), std::pair(false, true));
  EXPECT_EQ(both(Join::Kind::right), std::pair(true, false));
  EXPECT_EQ(both(Join::Kind::full), std::pair(true, true));
  EXPECT_EQ(join(Join::Kind::semi, flights(), flights(), boolean(true))->columns.size(), 2U);
}

TEST(RelationTest, FindColumnWantsExactlyOne) {
  const RelationPtr joined = join(Join::Kind::cross, flights(), flights(), nullptr);
  EXPECT_EQ(find_column(flights()->columns, name("delay")), 1);
  EXPECT_EQ(find_column(joined->columns, name("delay")), std::nullopt);
  EXPECT_EQ(find_column(joined->columns, name("missing")), std::nullopt);
}

TEST(RelationTest, CallsCastTheirArgumentsAndKnowNull) {
  const RelationPtr input = flights();
  const ExpressionPtr sum = call(Function::add, {column_of(*input, 1), integer(1)});
  EXPECT_EQ(to_string(sum->type), "int32");
  EXPECT_TRUE(sum->nullable);
  EXPECT_FALSE(call(Function::coalesce, {column_of(*input, 1), integer(0)})->nullable);
  EXPECT_FALSE(call(Function::is_null, {column_of(*input, 1)})->nullable);
  EXPECT_FALSE(call(Function::less, {column_of(*input, 0), literal(DateValue{0}, type("date"))})->nullable);
  const ExpressionPtr compared = call(Function::less, {column_of(*input, 0), literal(TimestampValue{0}, type("timestamp"))});
  EXPECT_TRUE(std::holds_alternative<Cast>(std::get<Call>(compared->node).arguments[0]->node));
  EXPECT_TRUE(std::holds_alternative<Literal>(all_of({})->node));
}

TEST(RelationTest, TablesReadAreThoseOfSubqueriesToo) {
  const auto inner = std::make_shared<const Expression>(
      Expression{Subquery{Subquery::Kind::exists, scan(table("airports"), {}), nullptr}, type("boolean"), false});
  const RelationPtr both =
      join(Join::Kind::cross, filter(flights(), inner), native("select 1", {}, {table("raw"), table("flights")}), nullptr);
  EXPECT_EQ(tables_read(*both), (std::vector{table("flights"), table("airports"), table("raw")}));
}

TEST(RelationTest, ReplaceTableKeepsSharingAndTheRest) {
  const RelationPtr shared = common(name("c"), flights());
  const RelationPtr tree = join(Join::Kind::cross, shared, shared, nullptr);
  const RelationPtr same = replace_table(tree, table("other"), table("staged"));
  EXPECT_EQ(same, tree);
  const RelationPtr changed = replace_table(tree, table("flights"), table("staged"));
  const auto& joined = std::get<Join>(changed->node);
  EXPECT_EQ(joined.left, joined.right);
  EXPECT_EQ(tables_read(*changed), std::vector{table("staged")});
  EXPECT_EQ(tables_read(*tree), std::vector{table("flights")});
}

TEST(RelationTest, ParametersBecomeLiteralsOfTheirPlace) {
  const RelationPtr input = flights();
  const auto start = [] { return parameter("interval_start", parse_type("timestamp").value()); };
  const RelationPtr tree = project(input, {{name("wall"), start()},
                                           {name("day"), cast(start(), type("date"))},
                                           {name("instant"), cast(start(), type("timestamptz"))},
                                           {name("shown"), cast(start(), type("text"))}});
  ParameterValues values;
  values.values["interval_start"] = {TimestampValue{86'400'000'000}, type("timestamp")};
  values.instants["interval_start"] = TimestampValue{104'400'000'000};
  const auto bound = bind_parameters(tree, values);
  ASSERT_TRUE(bound) << bound.error().message;
  const auto& columns = std::get<Project>((*bound)->node).columns;
  const auto value = [&](std::size_t i) { return std::get<Literal>(columns[i].expression->node).value; };
  EXPECT_EQ(value(0), Value(TimestampValue{86'400'000'000}));
  EXPECT_EQ(value(1), Value(DateValue{1}));
  EXPECT_EQ(value(2), Value(TimestampValue{104'400'000'000}));
  EXPECT_EQ(value(3), Value(std::string("1970-01-02 00:00:00")));
  const auto missing = bind_parameters(tree, {});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace penstock::ir
