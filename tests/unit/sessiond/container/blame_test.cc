#include "sessiond/container/blame.h"

#include <gtest/gtest.h>

#include <array>
#include <cerrno>

namespace zomg::sessiond {
namespace {

using common::Error;
using common::Failure;

constexpr std::array kSteps{
    Step::kFirstProcess, Step::kCgroupBirth, Step::kCgroupJoin,  Step::kSeclusion, Step::kHost,
    Step::kBoxState,     Step::kNamespaces,  Step::kConfinement, Step::kKeyring,   Step::kFork};
/// What is counted for the gateway.
constexpr Step kOwnStep = Step::kEntry;

TEST(Blame, IsTheGatewaysForAPrivilegeThatItHasNot) {
  EXPECT_EQ(blame(Step::kFirstProcess, Error{"", EPERM}), Failure::kNotAContainer);
  for (const Step step : {Step::kCgroupBirth, Step::kSeclusion, Step::kNamespaces}) {
    EXPECT_EQ(blame(step, Error{"", EPERM}), Failure::kEnterFailed);
  }
  for (const Step step : {Step::kCgroupJoin, Step::kHost, Step::kBoxState, Step::kConfinement}) {
    EXPECT_EQ(blame(step, Error{"", EPERM}), Failure::kNotConfined);
  }
}

TEST(Told, IsWhatWasDecidedLast) {
  const Error refused = blamed(Step::kSeclusion, Error{"", EPERM});
  EXPECT_EQ(told(refused), Failure::kEnterFailed);
  EXPECT_EQ(told(refused.with_context("again")), Failure::kEnterFailed);
  EXPECT_EQ(told(refused.as(Failure::kBoxHindered)), Failure::kBoxHindered);
}

TEST(Told, LeavesNoOtherWayWhereNobodyHasDecided) {
  for (const int value : {0, EPERM, EACCES, ENOSYS}) {
    EXPECT_EQ(told(Error{"", value}), Failure::kBoxHindered) << value;
  }
}

TEST(Blame, IsTheGatewaysForAKernelWithoutTheCall) {
  for (const Step step : {Step::kCgroupBirth, Step::kSeclusion, Step::kNamespaces}) {
    EXPECT_EQ(blame(step, Error{"", ENOSYS}), Failure::kEnterFailed);
  }
}

TEST(Blame, IsTheBoxsForWhatItCanBringAbout) {
  for (const Step step : kSteps) {
    for (const int value : {ENOMEM, ENOSPC, ENOENT, ESRCH, EINVAL, EMFILE, EPIPE, EBUSY, ENODEV,
                            EOPNOTSUPP, ENAMETOOLONG}) {
      EXPECT_EQ(blame(step, Error{"", value}), Failure::kBoxHindered) << value;
    }
  }
}

TEST(Blame, IsTheGatewaysForWhatItHasRunOutOf) {
  for (const int value : {EAGAIN, ENOMEM, EMFILE, ENFILE}) {
    EXPECT_EQ(blame(kOwnStep, Error{"", value}), Failure::kGatewayFailed) << value;
  }
  EXPECT_EQ(blame(kOwnStep, Error{"", EPERM}), Failure::kEnterFailed);
  EXPECT_EQ(blame(kOwnStep, Error{"", EACCES}), Failure::kBoxHindered);
}

TEST(Blame, IsTheBoxsLimitOfProcesses) {
  for (const Step step : kSteps) {
    const bool forks = step == Step::kCgroupBirth || step == Step::kFork;
    EXPECT_EQ(blame(step, Error{"", EAGAIN}),
              forks ? Failure::kBoxOutOfProcesses : Failure::kBoxHindered);
  }
}

TEST(Blame, IsTheBoxsForTheModeOfItsCgroups) {
  for (const Step step : {Step::kCgroupBirth, Step::kCgroupJoin}) {
    EXPECT_EQ(blame(step, Error{"", EACCES}), Failure::kBoxHindered);
  }
}

TEST(Blame, IsTheBoxsWhereTheKernelGaveNoReason) {
  for (const Step step : kSteps) {
    EXPECT_EQ(blame(step, Error{"", 0}), Failure::kBoxHindered);
  }
}

}  // namespace
}  // namespace zomg::sessiond
