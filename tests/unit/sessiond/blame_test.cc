#include "sessiond/blame.h"

#include <gtest/gtest.h>

#include <cerrno>

namespace zomg::sessiond {
namespace {

using common::Error;
using common::Failure;

TEST(Blame, IsTheGatewaysForWhatTheKernelRefusesIt) {
  for (const int value : {0, EPERM, EACCES, ENOSYS, EOPNOTSUPP, EROFS}) {
    EXPECT_EQ(blame(Failure::kEnterFailed, Error{"", value}), Failure::kEnterFailed) << value;
    EXPECT_EQ(blame(Failure::kNotConfined, Error{"", value}), Failure::kNotConfined) << value;
  }
}

TEST(Blame, IsTheBoxsForWhatItCanBringAbout) {
  for (const int value : {ENOMEM, EAGAIN, ENOSPC, ENOENT, ESRCH, EINVAL, EMFILE, EPIPE, EBUSY}) {
    EXPECT_EQ(blame(Failure::kEnterFailed, Error{"", value}), Failure::kBoxHindered) << value;
    EXPECT_EQ(blame(Failure::kNotConfined, Error{"", value}), Failure::kBoxHindered) << value;
  }
}

TEST(Blame, LeavesWhatSaysMore) {
  EXPECT_EQ(blame(Failure::kBoxFrozen, Error{"", ENOMEM}), Failure::kBoxFrozen);
  EXPECT_EQ(blame(Failure::kNoTerminal, Error{"", EPERM}), Failure::kNoTerminal);
}

}  // namespace
}  // namespace zomg::sessiond
