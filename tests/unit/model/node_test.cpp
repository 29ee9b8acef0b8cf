#include "pipelines/model/node.h"

#include <gtest/gtest.h>

namespace penstock::model {
namespace {

Node scalar(std::string text, Span where) {
  Node node;
  node.kind = Node::Kind::scalar;
  node.text = std::move(text);
  node.where = where;
  return node;
}

TEST(Node, FindsItsKeys) {
  Node node;
  node.kind = Node::Kind::mapping;
  node.entries.push_back({"a", Span{0, 1, 1, 1}, scalar("1", Span{0, 1, 4, 1})});
  ASSERT_NE(node.find("a"), nullptr);
  EXPECT_EQ(node.find("a")->text, "1");
  EXPECT_EQ(node.find("b"), nullptr);
}

TEST(Node, PlacesBytesOfAPlainAndOfAQuotedScalar) {
  Node node = scalar("delay > 15", Span{2, 7, 11, 10});
  EXPECT_EQ(node.place_of(8, 2), (Span{2, 7, 19, 2}));
  node.quoted = true;
  EXPECT_EQ(node.place_of(8, 2), (Span{2, 7, 20, 2}));
  EXPECT_EQ(node.place_of(8, 200), (Span{2, 7, 20, 2}));
  EXPECT_EQ(node.place_of(1000), (Span{2, 7, 22, 1}));
}

TEST(Node, PlacesBytesOfALiteralBlock) {
  Node node = scalar("select a\n  from b\n\nwhere c\n", Span{0, 10, 7, 1});
  node.block = true;
  node.quoted = true;
  node.indent = 6;
  EXPECT_EQ(node.place_of(0, 6), (Span{0, 10, 7, 6}));
  EXPECT_EQ(node.place_of(7, 1), (Span{0, 10, 14, 1}));
  EXPECT_EQ(node.place_of(11, 4), (Span{0, 11, 9, 4}));
  EXPECT_EQ(node.place_of(19, 50), (Span{0, 13, 7, 7}));
}

TEST(Node, PlacesBytesBySegments) {
  Node node = scalar("a > 1 and b < 2", Span{0, 3, 5, 5});
  node.segments = std::make_shared<const std::vector<Node::Segment>>(std::vector<Node::Segment>{{0, 3, 5}, {6, 4, 9}});
  EXPECT_EQ(node.place_of(4, 1), (Span{0, 3, 9, 1}));
  EXPECT_EQ(node.place_of(10, 1), (Span{0, 4, 13, 1}));
  EXPECT_EQ(node.place_of(4, 11), (Span{0, 3, 9, 2}));
}

TEST(Node, OfAMappingIsItsOwnPlace) {
  Node node;
  node.kind = Node::Kind::mapping;
  node.where = Span{0, 3, 5, 1};
  EXPECT_EQ(node.place_of(4), (Span{0, 3, 5, 1}));
}

}  // namespace
}  // namespace penstock::model
