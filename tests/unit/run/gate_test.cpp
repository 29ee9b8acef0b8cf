#include <gtest/gtest.h>

#include "daemon/run/connection_gate.h"

namespace penstock::run {
namespace {

Moment at(int seconds) { return {{}, std::chrono::seconds(seconds)}; }

TEST(ConnectionGate, LetsAsManyThroughAsItHasSlots) {
  ConnectionGate gate(2);
  gate.start();
  EXPECT_TRUE(gate.may_start(at(0)));
  gate.start();
  EXPECT_FALSE(gate.may_start(at(0)));
  gate.finish();
  EXPECT_TRUE(gate.may_start(at(0)));
}

TEST(ConnectionGate, ADeadEngineGetsOneProbeAfterAPause) {
  ConnectionGate gate(4);
  for (int i = 0; i < ConnectionGate::kFailuresToOpen; ++i) gate.failed(ErrorKind::unavailable, at(0), 0.99);
  EXPECT_TRUE(gate.is_open());
  EXPECT_FALSE(gate.may_start(at(1)));
  EXPECT_TRUE(gate.may_start(at(20)));
  gate.start();
  EXPECT_FALSE(gate.may_start(at(20))) << "one probe, not a storm";
  gate.finish();
  gate.failed(ErrorKind::unavailable, at(20), 0.99);
  EXPECT_FALSE(gate.may_start(at(40))) << "the pause doubles";
  EXPECT_TRUE(gate.may_start(at(60)));
  gate.succeeded();
  EXPECT_FALSE(gate.is_open());
}

TEST(ConnectionGate, AnEngineThatAnswersWithAnErrorIsAlive) {
  ConnectionGate gate(1);
  for (int i = 0; i < 20; ++i) gate.failed(ErrorKind::permanent, at(0), 0.5);
  EXPECT_TRUE(gate.may_start(at(0)));
}

TEST(ConnectionGate, RetriesAreAShareOfTheWork) {
  ConnectionGate gate(1);
  int retries = 0;
  while (gate.take_retry()) ++retries;
  EXPECT_EQ(retries, static_cast<int>(ConnectionGate::kLargestBudget));
  gate.succeeded();
  EXPECT_FALSE(gate.take_retry());
  gate.succeeded();
  EXPECT_TRUE(gate.take_retry());
}

}  // namespace
}  // namespace penstock::run
