#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <random>

#include "pipelines/base/utf8.h"
#include "pipelines/compiler/compiled.h"
#include "pipelines/components/vocabulary.h"
#include "pipelines/dialects/dialect.h"
#include "pipelines/yaml/load.h"

// Whatever a file holds, what is said about it is UTF-8 of bounded length: it goes to terminals, into JSON and into the store.

namespace penstock::compiler {
namespace {

constexpr unsigned kSeed = 20261130;
constexpr int kMutants = 3'000;
constexpr std::size_t kLongestText = 2'003;  // With its "...".
constexpr std::size_t kLongestRendering = 4 * kLongestText + 4'000;

constexpr const char* kProject =
    "project: test\n"
    "connections:\n"
    "  local: { type: duckdb, path: \"tëst.duckdb\" }\n"
    "environments:\n"
    "  dev: { target: local }\n";

constexpr const char* kPipelines[] = {
    "pipeline: läden\n"
    "owner: \"Zoë ☃\"\n"
    "sources:\n"
    "  orders: { table: raw.orders, columns: { id: int64, größe: text, at: timestamp, paid: boolean, \"\\\"Naïve Column\\\"\": int32 } }\n"
    "steps:\n"
    "  - name: daily  # täglich\n"
    "    sql: |\n"
    "      -- für alle\n"
    "      select id, größe as groesse, 'é☃🙂' || größe as mark, at - interval '1 day' as before, max(paid) as m\n"
    "      from orders where größe like '%ß%' and at >= :interval_start group by id, größe order by größe limit 10\n"
    "    checks:\n"
    "      - not_null: [id, größe]\n"
    "      - expression: groesse <> 'ü #1'\n",
    "pipeline: chain\n"
    "sources:\n"
    "  flüge: raw.flüge\n"
    "  orders: { table: raw.orders, columns: { id: int64, name: text, amount: 'decimal(12,2)' } }\n"
    "steps:\n"
    "  - name: one\n"
    "    from: orders\n"
    "    do:\n"
    "      - filter: name <> 'é' and amount > 0\n"
    "      - calculate: { nëtto: amount / 1.19, label: \"upper(name) || '–'\" }\n"
    "      - rank: { by: [name], order: [amount desc, id], as: place }\n"
    "    publish: { as: merge, key: id }\n"
    "  - name: two\n"
    "    native_sql: >\n"
    "      select 'ж' as a -- ñ\n"
    "      from raw.orders where id = :none\n"
    "    columns: { a: text }\n"
    "    reads: [orders, óne]\n",
    "pipeline: folded\n"
    "schedule: { cron: \"15 2 * * mön\", timezone: Europe/Zürich }\n"
    "parameters:\n"
    "  region: { type: text, default: é }\n"
    "steps:\n"
    "  - name: folded\n"
    "    sql: >-\n"
    "      select cast('a' + 40 é as int) as x, 1é as a, count(*) over (partition by ü)\n"
    "      from (select \"Ω\" from nowhere) where limit 10\xC2\xA0\n"
    "  - {name: flow, sql: \"select 1 as \\xE9 \\u2603\", publish: vïew, checks: [unique: [é, , b]]}\n",
};

constexpr std::string_view kPieces[] = {"é",
                                        "☃",
                                        "🙂",
                                        "\xC3",
                                        "\xE2\x98",
                                        "\xFF",
                                        "\xF0\x9F\x99",
                                        "\xED\xA0\x80",
                                        "\xC2\xA0",
                                        "\xE2\x80\x8B",
                                        "а",
                                        "ｎ",
                                        "\xEF\xBB\xBF",
                                        "'",
                                        "\"",
                                        "--",
                                        " #",
                                        ": ",
                                        "[",
                                        "{",
                                        "}",
                                        "\n",
                                        "\t",
                                        "\\",
                                        "*",
                                        "&",
                                        "|",
                                        ">",
                                        "$$",
                                        "::",
                                        ":é",
                                        "(",
                                        ")",
                                        ",",
                                        " as é",
                                        "\x1B",
                                        "e'\\",
                                        "999999999999999999999999999999999999999999"};

class Mutator {
 public:
  std::string mutate(std::string text) {
    for (std::size_t changes = 1 + pick(4); changes > 0; --changes) change(text);
    return text;
  }

  std::size_t pick(std::size_t below) { return below == 0 ? 0 : random_() % below; }

 private:
  // Bytes, not characters: what is cut in the middle is what must be survived.
  void change(std::string& text) {
    const std::size_t at = pick(text.size());
    switch (pick(6)) {
      case 0:
        text.erase(at, 1 + pick(3));
        break;
      case 1:
        text.insert(at, text.substr(pick(text.size()), pick(40)));
        break;
      case 2:
        text.resize(at);
        break;
      case 3:
        repeat(text, at);
        break;
      default:
        text.insert(at, kPieces[pick(std::size(kPieces))]);
    }
  }

  void repeat(std::string& text, std::size_t at) {
    const std::string_view piece = kPieces[pick(std::size(kPieces))];
    std::string many;
    for (std::size_t count = pick(2'000); count > 0; --count) many += piece;
    text.insert(at, many);
  }

  std::mt19937 random_{kSeed};
};

void expect_presentable(const std::string& text, std::size_t most, const std::string& file) {
  EXPECT_EQ(as_utf8(text), text) << file;
  EXPECT_LE(text.size(), most) << file;
  EXPECT_NO_THROW(static_cast<void>(nlohmann::json(text).dump())) << file;
}

void expect_presentable(const Diagnostics& diagnostics, const SourceMap& sources, const std::string& file) {
  for (const Diagnostic& one : diagnostics.sorted()) {
    EXPECT_FALSE(one.message.empty()) << file;
    expect_presentable(one.message, kLongestText, file);
    expect_presentable(one.suggestion, kLongestText, file);
    expect_presentable(one.help, kLongestText, file);
    for (const Diagnostic::Related& related : one.related) expect_presentable(related.message, kLongestText, file);
    expect_presentable(render({one}, sources), kLongestRendering, file);
  }
}

TEST(Messages, AreUtf8OfBoundedLengthWhateverTheFilesHold) {
  Mutator mutator;
  std::size_t said = 0;
  std::size_t refused = 0;
  for (int i = 0; i < kMutants && !testing::Test::HasFailure(); ++i) {
    const std::string text = mutator.mutate(kPipelines[static_cast<std::size_t>(i) % std::size(kPipelines)]);
    const std::string project = i % 10 == 0 ? mutator.mutate(kProject) : kProject;
    // No system has longer names.
    const std::string path = "pipelines/" + mutator.mutate("ä.yaml").substr(0, 255);
    const yaml::Files files{"", {"penstock.yaml", project, ""}, {{path, text, ""}}};
    const yaml::Loaded loaded = yaml::load(files, {components::vocabulary(), {}});
    CompiledProject compiled = compile(loaded.project, {});
    compiled.diagnostics.append(loaded.diagnostics);
    said += compiled.diagnostics.size();
    expect_presentable(compiled.diagnostics, loaded.project->sources, project + text);
    for (const CompiledStep& step : compiled.steps) {
      if (!step.query || !step.parameters.empty()) continue;
      for (const dialects::Dialect* dialect : dialects::dialect_table()) {
        const auto written = dialect->write(ir::SelectStatement{step.query});
        if (written) continue;
        ++refused;
        Diagnostics refusal;
        refusal.error(Code::target_cannot, step.step->where, written.error().message, "", written.error().hint);
        expect_presentable(refusal, loaded.project->sources, project + text);
      }
    }
  }
  // Texts that are all fine would prove nothing.
  EXPECT_GT(said, 3'000U);
  EXPECT_GT(refused, 0U);
}

}  // namespace
}  // namespace penstock::compiler
