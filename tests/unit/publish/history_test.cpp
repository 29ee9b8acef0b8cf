#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "tests/sanitized.h"
#include "tests/unit/publish/fixture.h"

namespace penstock::publish {
namespace {

using Mode = model::Publish::Mode;
using penstock::testing::Bench;
using penstock::testing::date;
using penstock::testing::every_target;
using penstock::testing::Rows;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const ir::Value kNull;

model::Located<Identifier> named(const char* name) { return {Identifier::exact(name), {}}; }

ir::Columns with_flag() {
  return {{Identifier::exact("id"), ir::Type::of(ir::TypeKind::int64), true},
          {Identifier::exact("name"), ir::Type::of(ir::TypeKind::text), true},
          {Identifier::exact("note"), ir::Type::of(ir::TypeKind::text), true},
          {Identifier::exact("gone"), ir::Type::of(ir::TypeKind::boolean), true},
          {Identifier::exact("day"), ir::Type::of(ir::TypeKind::date), true}};
}

struct Observation {
  int key = 0;
  int day = 0;
  std::string name;
  std::string note;
  bool gone = false;
};

penstock::testing::Row row_of(const Observation& one) {
  return {one.key == 0 ? ir::Value() : ir::Value(std::int64_t{one.key}), one.name, one.note, one.gone, date(2001, 1, one.day)};
}

std::string day_text(int day) { return ir::to_string(std::get<ir::DateValue>(date(2001, 1, day))); }

/// What the table has to hold, worked out without a tree: name is tracked, note is not.
std::vector<std::string> history_of(std::vector<Observation> all) {
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return std::tie(a.key, a.day) < std::tie(b.key, b.day); });
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Observation& one = all[i];
    const bool first = i == 0 || all[i - 1].key != one.key;
    const bool lives_on = !first && !all[i - 1].gone && all[i - 1].name == one.name;
    if (one.gone || lives_on) continue;
    std::size_t next = i + 1;
    while (next < all.size() && all[next].key == one.key && !all[next].gone && all[next].name == one.name) ++next;
    const bool ends = next < all.size() && all[next].key == one.key;
    lines.push_back((one.key == 0 ? "NULL" : std::to_string(one.key)) + "|" + one.name + "|" + one.note + "|false|" + day_text(one.day) +
                    "|" + day_text(one.day) + "|" + (ends ? day_text(all[next].day) + "|false" : "NULL|true"));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

class HistoryOnEveryTarget : public ::testing::TestWithParam<int> {
 protected:
  std::unique_ptr<Bench> bench() const {
    auto made = std::make_unique<Bench>();
    made->can = every_target().at(static_cast<std::size_t>(GetParam())).second;
    made->mode(Mode::scd2, "id");
    return made;
  }
};

std::string target_name(const ::testing::TestParamInfo<int>& info) { return every_target().at(static_cast<std::size_t>(info.param)).first; }

// Of a few keys, on a few days, few values: so that most observations repeat something.
std::vector<Observation> random_observations(std::mt19937_64& random) {
  const auto pick = [&](int from, int to) { return std::uniform_int_distribution<int>(from, to)(random); };
  std::vector<Observation> all;
  for (int key = 0; key < 3; ++key) {
    for (int day = 1; day <= 7; ++day) {
      if (pick(0, 3) == 0) continue;
      all.push_back({key, day, std::string(1, static_cast<char>('a' + pick(0, 1))), std::string(1, static_cast<char>('x' + pick(0, 2))),
                     pick(0, 4) == 0});
    }
  }
  std::shuffle(all.begin(), all.end(), random);
  return all;
}

TEST_P(HistoryOnEveryTarget, AnyOrderAndAnyCuttingIntoRunsGivesTheSame) {
  std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()) + 1);
  for (int round = 0; round < random_cases(60); ++round) {
    const std::vector<Observation> all = random_observations(random);
    const auto made = bench();
    made->publish.effective_at = named("day");
    made->publish.tracked = {named("name")};
    made->publish.deleted_when = named("gone");
    made->target.tables[penstock::testing::table_named("src")].columns = with_flag();
    made->columns(with_flag());
    int run = 0;
    for (std::size_t at = 0; at < all.size();) {
      const std::size_t most = std::uniform_int_distribution<std::size_t>(1, 5)(random);
      Rows rows;
      for (; at < all.size() && rows.size() < most; ++at) rows.push_back(row_of(all[at]));
      made->run_id("run-" + std::to_string(++run));
      made->source(std::move(rows));
      made->run();
    }
    ASSERT_EQ(made->published(), history_of(all)) << "round " << round;
  }
}

// Every snapshot gives every key of its day; they arrive in any order.
TEST_P(HistoryOnEveryTarget, SnapshotsInAnyOrderGiveTheSame) {
  std::mt19937_64 random(static_cast<std::uint64_t>(GetParam()) + 100);
  for (int round = 0; round < random_cases(60); ++round) {
    std::map<int, std::map<int, std::string>> snapshots;  // By day, then by key.
    std::set<int> keys;
    for (int day = 1; day <= 6; ++day) {
      std::map<int, std::string>& rows = snapshots[day];
      for (int key = 1; key <= 3; ++key) {
        const int value = std::uniform_int_distribution<int>(0, 2)(random);
        if (value > 0) rows[key] = std::string(1, static_cast<char>('a' + value));
      }
    }
    std::vector<int> days{1, 2, 3, 4, 5, 6};
    std::shuffle(days.begin(), days.end(), random);
    const auto made = bench();
    made->publish.on_missing = model::Publish::Missing::close;
    for (const int day : days) {
      Rows rows;
      for (const auto& [key, name] : snapshots[day]) rows.push_back({std::int64_t{key}, name, kNull});
      made->run_id("run-" + std::to_string(day));
      made->day(day);
      made->source(std::move(rows));
      made->run();
    }
    std::vector<std::string> expected;
    for (int key = 1; key <= 3; ++key) {
      std::string since;
      std::string name;
      for (int day = 1; day <= 7; ++day) {
        const auto found = day == 7 ? std::map<int, std::string>::iterator() : snapshots[day].find(key);
        const std::string now = day == 7 || found == snapshots[day].end() ? "" : found->second;
        if (day < 7 && now == name) continue;
        const std::string moment = day_text(day == 7 ? 1 : day) + " 00:00:00";
        if (!name.empty())
          expected.push_back(std::to_string(key) + "|" + name + "|NULL|" + since + "|" + (day == 7 ? "NULL|true" : moment + "|false"));
        since = moment;
        name = now;
      }
    }
    std::sort(expected.begin(), expected.end());
    ASSERT_EQ(made->published(), expected) << "round " << round;
  }
}

TEST_P(HistoryOnEveryTarget, ARepeatIsRememberedForALateRow) {
  const auto made = bench();
  made->publish.effective_at = named("day");
  const auto send = [&](const char* run, int day, const char* value) {
    made->run_id(run);
    made->source({{std::int64_t{1}, std::string(value), date(2001, 1, day)}});
    made->run();
  };
  send("run-1", 1, "five");
  send("run-2", 5, "five");
  EXPECT_EQ(made->published().size(), 1U);
  send("run-3", 3, "six");
  EXPECT_THAT(made->published(), ElementsAre("1|five|2001-01-01|2001-01-01|2001-01-03|false", "1|five|2001-01-05|2001-01-05|NULL|true",
                                             "1|six|2001-01-03|2001-01-03|2001-01-05|false"));
  EXPECT_THAT(made->working_tables(), IsEmpty());
}

// Even where the first run after that was stopped.
TEST_P(HistoryOnEveryTarget, ATableThatWasDroppedByHandBeginsAnew) {
  for (int steps = 0;; ++steps) {
    SCOPED_TRACE("stopped after " + std::to_string(steps));
    const auto made = bench();
    made->publish.effective_at = named("day");
    const auto source = [&](const std::string& run, int day, const char* value) {
      made->run_id(run);
      made->source({{std::int64_t{1}, std::string(value), date(2001, 1, day)}});
    };
    for (const int day : {1, 5}) {
      source("run-" + std::to_string(day), day, "five");
      made->run();
    }
    made->target.tables.erase(made->input.target);
    source("again-1", 1, "five");
    const std::string ended = made->send(made->laid_out(), steps);
    const std::string again = made->send(made->laid_out());
    EXPECT_TRUE(again.empty() || again == "the token is in the ledger") << again;
    source("again-3", 3, "six");
    made->run();
    EXPECT_THAT(made->published(), ElementsAre("1|five|2001-01-01|2001-01-01|2001-01-03|false", "1|six|2001-01-03|2001-01-03|NULL|true"));
    if (ended.empty()) break;
  }
}

// The table that an older Penstock published has nothing beside it.
TEST_P(HistoryOnEveryTarget, ATableWithNothingRememberedIsTakenAsItIs) {
  const auto made = bench();
  made->publish.effective_at = named("day");
  made->source({{std::int64_t{1}, std::string("five"), date(2001, 1, 1)}});
  made->run();
  for (auto table = made->target.tables.begin(); table != made->target.tables.end();) {
    table = table->first.name.text().starts_with("penstock_seen_") ? made->target.tables.erase(table) : std::next(table);
  }
  made->run_id("run-2");
  made->source({{std::int64_t{1}, std::string("six"), date(2001, 1, 3)}});
  made->run();
  EXPECT_THAT(made->published(), ElementsAre("1|five|2001-01-01|2001-01-01|2001-01-03|false", "1|six|2001-01-03|2001-01-03|NULL|true"));
}

// Between the table and what is remembered beside it, too, where they are two acts.
TEST_P(HistoryOnEveryTarget, ARunThatWasStoppedAnywhereIsRememberedWhenItIsSentAgain) {
  for (int steps = 0;; ++steps) {
    SCOPED_TRACE("stopped after " + std::to_string(steps));
    const auto made = bench();
    made->publish.effective_at = named("day");
    const auto source = [&](const char* run, int day, const char* value) {
      made->run_id(run);
      made->source({{std::int64_t{1}, std::string(value), date(2001, 1, day)}});
    };
    source("run-1", 1, "five");
    made->run();
    source("run-2", 5, "five");
    const std::string ended = made->send(made->laid_out(), steps);
    // A token that is in the ledger says that all of it is done but the cleanup.
    const std::string again = made->send(made->laid_out());
    EXPECT_TRUE(again.empty() || again == "the token is in the ledger") << again;
    source("run-3", 3, "six");
    made->run();
    EXPECT_EQ(made->published().size(), 3U);
    if (ended.empty()) break;
  }
}

INSTANTIATE_TEST_SUITE_P(EveryTarget, HistoryOnEveryTarget, ::testing::Values(0, 1, 2, 3), target_name);

}  // namespace
}  // namespace penstock::publish
