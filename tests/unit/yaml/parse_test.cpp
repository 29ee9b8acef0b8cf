#include "pipelines/yaml/parse.h"

#include <gmock/gmock.h>

namespace penstock::yaml {
namespace {

using model::Node;
using testing::HasSubstr;

class Parse : public testing::Test {
 protected:
  std::optional<Node> read(std::string text) {
    file_ = sources_.add("a.yaml", std::move(text));
    diagnostics_ = Diagnostics();
    return parse(sources_.text(file_), file_, diagnostics_);
  }

  Node read_well(std::string text) {
    std::optional<Node> node = read(std::move(text));
    EXPECT_TRUE(node.has_value() && diagnostics_.empty()) << render(diagnostics_.sorted(), sources_);
    return node.value_or(Node());
  }

  // The first fault as "code line:column message".
  std::string fault(std::string text) {
    const std::optional<Node> node = read(std::move(text));
    if (diagnostics_.empty()) return "none";
    const Diagnostic first = diagnostics_.sorted().front();
    EXPECT_EQ(first.where.file, file_);
    return to_string(first.code) + " " + std::to_string(first.where.line) + ":" + std::to_string(first.where.column) + " " + first.message;
  }

  // The file's text at the place of a byte of the scalar.
  std::string at(const Node& scalar, std::size_t offset, std::size_t length = 1) {
    const Span place = scalar.place_of(offset, length);
    return std::string(sources_.line(file_, place.line).substr(place.column - 1, place.length));
  }

  SourceMap sources_;
  std::uint32_t file_ = 0;
  Diagnostics diagnostics_;
};

TEST_F(Parse, GivesEveryKeyAndValueItsPlace) {
  const Node root = read_well("a: 1\nlist:\n  - x y\n  - { k: 'v' }\n");
  ASSERT_EQ(root.kind, Node::Kind::mapping);
  EXPECT_EQ(root.entries[0].where, (Span{file_, 1, 1, 1}));
  EXPECT_EQ(root.entries[0].value.where, (Span{file_, 1, 4, 1}));
  EXPECT_EQ(root.entries[1].where, (Span{file_, 2, 1, 4}));
  const Node& list = root.entries[1].value;
  ASSERT_EQ(list.items.size(), 2U);
  EXPECT_EQ(list.items[0].where, (Span{file_, 3, 5, 3}));
  EXPECT_EQ(list.items[1].where, (Span{file_, 4, 5, 1}));
  EXPECT_EQ(list.items[1].entries[0].where, (Span{file_, 4, 7, 1}));
  EXPECT_EQ(list.items[1].entries[0].value.where, (Span{file_, 4, 10, 3}));
}

TEST_F(Parse, KnowsQuotedTextFromPlain) {
  const Node root = read_well("a: yes\nb: 'true'\nc: true\nd: \"1\"\ne: ~\nf:\ng: null\nh: !!str 5\n");
  EXPECT_FALSE(root.find("a")->quoted);
  EXPECT_TRUE(root.find("b")->quoted);
  EXPECT_FALSE(root.find("c")->quoted);
  EXPECT_TRUE(root.find("d")->quoted);
  EXPECT_EQ(root.find("e")->kind, Node::Kind::null);
  EXPECT_EQ(root.find("f")->kind, Node::Kind::null);
  EXPECT_EQ(root.find("g")->kind, Node::Kind::null);
  EXPECT_TRUE(root.find("h")->quoted);
  EXPECT_EQ(root.find("f")->where.line, 6U);
}

TEST_F(Parse, KeepsTheCommentThatEndsAPlainScalar) {
  const Node root = read_well(
      "a: one  # two\nb: 'one' # two\nc: one#two\nd: one\n  more\t# two é \ne: [one # two\n  , x]\nf: &f one # two\ng: *f\nh: one\n# "
      "two\ni: # two\n"
      "j: |\n  one # two\nk: !!str one # two\r\n");
  const auto comment = [&](const char* key) {
    const Node& node = root.find(key)->kind == Node::Kind::sequence ? root.find(key)->items[0] : *root.find(key);
    if (!node.comment) return std::string("none");
    return std::to_string(node.comment->where.line) + ":" + std::to_string(node.comment->where.column) + " " + node.comment->text;
  };
  EXPECT_EQ(comment("a"), "1:9 # two");
  EXPECT_EQ(comment("b"), "none");
  EXPECT_EQ(comment("c"), "none");
  EXPECT_EQ(comment("d"), "5:8 # two é ");
  EXPECT_EQ(comment("e"), "6:9 # two");
  EXPECT_EQ(comment("f"), "8:11 # two");
  EXPECT_EQ(comment("g"), "8:11 # two");
  EXPECT_EQ(comment("h"), "none");
  EXPECT_EQ(comment("i"), "none");
  EXPECT_EQ(comment("j"), "none");
  EXPECT_EQ(comment("k"), "15:14 # two");
}

TEST_F(Parse, SpecialPlainScalarsAreThoseOfTheCoreSchema) {
  for (const char* special :
       {"", "~", "null", "true", "FALSE", "1", "-1", "+1.5", ".5", "1.", "1e9", "0x1F", "0o17", ".inf", "-.INF", ".nan"}) {
    EXPECT_TRUE(is_special(special)) << special;
  }
  for (const char* text : {"yes", "no", "on", "off", "tRue", "1_000", "0b1", "1:30", "e9", ".", "-", "0x", "1.2.3", "2024-01-01"}) {
    EXPECT_FALSE(is_special(text)) << text;
  }
}

TEST_F(Parse, PlacesEveryByteOfALiteralBlock) {
  const Node root = read_well("steps:\n  - sql: |\n\n      select a\n        from b\n\n      where c\n    name: x\n");
  const Node& sql = *root.find("steps")->items[0].find("sql");
  EXPECT_EQ(sql.text, "\nselect a\n  from b\n\nwhere c\n");
  EXPECT_TRUE(sql.block);
  EXPECT_EQ(sql.indent, 6);
  for (std::size_t i = 0; i < sql.text.size(); ++i) {
    if (sql.text[i] == '\n') continue;
    EXPECT_EQ(at(sql, i), std::string(1, sql.text[i])) << i;
  }
  EXPECT_EQ(at(sql, sql.text.find("where c"), 7), "where c");
}

TEST_F(Parse, PlacesBytesWithWindowsLineEnds) {
  const Node root = read_well("a: |\r\n  one\r\n  two\r\nb: three\r\n");
  EXPECT_EQ(root.find("a")->text, "one\ntwo\n");
  EXPECT_EQ(at(*root.find("a"), 4, 3), "two");
  EXPECT_EQ(at(*root.find("b"), 0, 5), "three");
}

TEST_F(Parse, PlacesBytesOfFoldedAndEscapedScalars) {
  const Node root = read_well(
      "plain: a > 1\n  and b < 2\n\n  or c\n"
      "single: 'it''s here\n  too'\n"
      "double: \"tab\\t\\u00e9 end \\\n   joined\n   x\"\n"
      "folded: >-\n  one\n  two\n\n  three\n    deeper\n  four\n");
  const Node& plain = *root.find("plain");
  EXPECT_EQ(plain.text, "a > 1 and b < 2\nor c");
  EXPECT_EQ(at(plain, plain.text.find("and"), 3), "and");
  EXPECT_EQ(at(plain, plain.text.find("or c"), 4), "or c");
  const Node& single = *root.find("single");
  EXPECT_EQ(single.text, "it's here too");
  EXPECT_EQ(at(single, single.text.find("here"), 4), "here");
  EXPECT_EQ(at(single, single.text.find("too"), 3), "too");
  const Node& escaped = *root.find("double");
  EXPECT_EQ(escaped.text, "tab\t\xC3\xA9 end joined x");
  EXPECT_EQ(at(escaped, escaped.text.find("end"), 3), "end");
  EXPECT_EQ(at(escaped, escaped.text.find("joined"), 6), "joined");
  EXPECT_EQ(at(escaped, escaped.text.find("x"), 1), "x");
  const Node& folded = *root.find("folded");
  EXPECT_EQ(folded.text, "one two\nthree\n  deeper\nfour");
  for (const char* word : {"one", "two", "three", "deeper", "four"}) {
    EXPECT_EQ(at(folded, folded.text.find(word), std::string_view(word).size()), word);
  }
}

TEST_F(Parse, PlacesValuesBehindAnchorsAndTags) {
  const Node root = read_well("a: &x hello\nb: &y\n  - one\nc: !!str 'two'\nd: *x\n");
  EXPECT_EQ(at(*root.find("a"), 0, 5), "hello");
  EXPECT_EQ(at(*root.find("c"), 0, 3), "two");
  EXPECT_EQ(root.find("b")->where.line, 3U);
  EXPECT_EQ(root.find("d")->text, "hello");
}

TEST_F(Parse, CountsColumnsInBytes) {
  const Node root = read_well(
      "stra\xC3\x9F"
      "e: { \xE8\xB7\xAF: x }\n");
  EXPECT_EQ(root.entries[0].value.entries[0].where, (Span{file_, 1, 12, 3}));
}

TEST_F(Parse, ExpandsAliases) {
  const Node root = read_well("a: &a { x: [1, 2] }\nb: *a\nc: [*a, *a]\n");
  EXPECT_EQ(root.find("b")->find("x")->items[1].text, "2");
  EXPECT_EQ(root.find("c")->items[1].find("x")->items[0].where.line, 1U);
}

TEST_F(Parse, ReadsAnEmptyDocumentAsNull) {
  EXPECT_EQ(read_well("").kind, Node::Kind::null);
  EXPECT_EQ(read_well("# nothing\n").kind, Node::Kind::null);
  EXPECT_TRUE(static_cast<bool>(read_well("---\n").where));
  EXPECT_EQ(read_well("\xEF\xBB\xBF"
                      "a: 1\n")
                .find("a")
                ->text,
            "1");
}

TEST_F(Parse, ReportsEveryDuplicateKeyAndKeepsTheFirst) {
  const std::optional<Node> root = read("a: 1\nb: { x: 1, x: { y: 1, y: 2 } }\na: [{ z: 1, z: 2 }]\nc: 3\n");
  ASSERT_TRUE(root.has_value());
  EXPECT_EQ(diagnostics_.error_count(), 4U);
  EXPECT_EQ(root->find("a")->text, "1");
  EXPECT_EQ(root->find("b")->find("x")->text, "1");
  EXPECT_EQ(root->find("c")->text, "3");
  const Diagnostic last = diagnostics_.sorted().back();
  EXPECT_EQ(last.code, Code::yaml_duplicate_key);
}

TEST_F(Parse, FindsDuplicatesInWideMappings) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "key" + std::to_string(i) + ": 1\n";
  EXPECT_EQ(fault(text + "key99: 2\n"), "PEN1004 101:1 the key \"key99\" stands here twice");
  EXPECT_EQ(fault(text + "key3: 2\n"), "PEN1004 101:1 the key \"key3\" stands here twice");
  EXPECT_EQ(fault(text), "none");
}

TEST_F(Parse, ExplainsFaultsOfSyntax) {
  EXPECT_EQ(fault("a: 1\n\tb: 2\n"), "PEN1002 2:1 a tab in the indentation");
  EXPECT_EQ(fault("s:\n  - a: |\n\tselect\n"), "PEN1002 3:1 a tab in the indentation");
  EXPECT_EQ(fault("a: b: c\n"), "PEN1002 1:5 a second \": \" in one line");
  EXPECT_EQ(fault("a: 1\nb\nc: 2\n"), "PEN1002 2:1 this line is no \"key: value\"");
  EXPECT_EQ(fault("a: 1\n  b: 2\n"), "PEN1002 2:3 this key is indented deeper than the line above allows");
  EXPECT_EQ(fault("a: 'x\nb: 1\n"), "PEN1002 1:4 a quote that is never closed");
  EXPECT_EQ(fault("a: [\"x\\\"\nb: 1\n"), "PEN1002 1:5 a quote that is never closed");
  EXPECT_EQ(fault("a: 'it's'\n"), "PEN1002 1:8 text behind the closing quote");
  EXPECT_EQ(fault("a: { b: 1\n"), "PEN1002 1:4 a \"{\" that is never closed");
  EXPECT_EQ(fault("a: [1, 2\nb: 1\n"), "PEN1002 2:2 expected \",\" or \"]\"");
  EXPECT_EQ(fault("a: @x\n"), "PEN1002 1:4 a value cannot start with this character");
  EXPECT_EQ(fault("a: */5 * * * *\n"), "PEN1002 1:4 an alias (*) without its anchor (&)");
  EXPECT_EQ(fault("a: \"\\d\"\n"), "PEN1002 1:7 an unknown escape in a double-quoted value");
  EXPECT_EQ(fault("{a: 1}: 2\n"), "PEN1002 1:1 a key must be a text, not a list or a mapping");
  EXPECT_EQ(fault("a: !include x\n"), "PEN1002 1:4 the tag \"!include\" has no meaning here");
  EXPECT_EQ(fault("&k a: 1\n*k : 2\n"), "PEN1002 2:1 the anchor of this alias is not a value that can be repeated");
  EXPECT_EQ(fault("a: 1\n---\nb: 2\n"), "PEN1002 2:1 a second document in the same file");
}

TEST_F(Parse, RefusesWhatIsNoText) {
  EXPECT_EQ(fault(std::string("a: \0b\n", 6)), "PEN1001 1:4 the file holds a NUL byte, so it is not a text");
  EXPECT_EQ(fault("a: stra\xDF"
                  "e\n"),
            "PEN1001 1:8 the file is not UTF-8: byte 0xDF begins no character");
  EXPECT_EQ(fault("a: \xED\xA0\x80\n"), "PEN1001 1:4 the file is not UTF-8: byte 0xED begins no character");
  EXPECT_EQ(fault("a: \xC0\xAF\n"), "PEN1001 1:4 the file is not UTF-8: byte 0xC0 begins no character");
  EXPECT_EQ(fault("a: \xF0\x9F\x9A\x80\n"), "none");
  EXPECT_EQ(fault("a: \x1b[31m\n"), "PEN1002 1:4 a control character (0x1B)");
  EXPECT_EQ(fault("a: x\x04\nb: 1\n"), "PEN1002 1:5 a control character (0x04)");
  EXPECT_EQ(fault("a: 1\rb: 2\r"), "PEN1002 1:5 a carriage return without a line feed");
}

TEST_F(Parse, HoldsItsLimits) {
  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 12; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int k = 0; k < 8; ++k) bomb += ", " + before;
    bomb += "]\n";
  }
  EXPECT_THAT(fault(bomb), HasSubstr("aliases repeat more than 100000 values"));
  EXPECT_EQ(fault("a: &a [1, *a]\n"), "PEN1003 1:11 an alias inside of its own anchor has no end");
  EXPECT_EQ(fault(std::string(100'000, '[') + std::string(100'000, ']')), "PEN1003 1:65 more than 64 mappings and lists inside each other");
  EXPECT_EQ(fault(std::string(64, '[') + std::string(64, ']')), "none");
  EXPECT_EQ(fault("a: \"" + std::string(kMostLineBytes, 'x') + "\"\n"), "PEN1003 1:1 a line of more than 1 MiB");
  std::string block = "a: |\n";
  for (int i = 0; i < 1100; ++i) block += "  " + std::string(1000, 'x') + "\n";
  EXPECT_THAT(fault(block), HasSubstr("bytes; at most 1 MiB is read"));
  EXPECT_THAT(fault(std::string(kMostFileBytes + 1, '\n')), HasSubstr("at most 10 MiB are read"));
  EXPECT_EQ(fault("a: &a { b: 1 }\nc:\n  <<: *a\n"), "PEN1003 3:3 a merge key (<<)");
  std::string open;
  for (std::size_t i = 0; i <= kMostFlowCharacters; ++i) open += "[\n";
  EXPECT_THAT(fault(open), HasSubstr("more than 1,000,000 brackets and commas"));
}

TEST_F(Parse, StopsAfterAThousandFaults) {
  std::string text;
  for (int i = 0; i < 5000; ++i) text += "a: 1\n";
  EXPECT_FALSE(read(text).has_value());
  EXPECT_EQ(diagnostics_.size(), kMostFaults);
}

}  // namespace
}  // namespace penstock::yaml
