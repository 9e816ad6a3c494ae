#include "sessiond/kubectl/remote_signal.h"

#include <gtest/gtest.h>

namespace zomg::kubectl {
namespace {

TEST(RemoteSignal, IsInVainWhenThePodOrTheContainerIsNoMore) {
  EXPECT_TRUE(is_gone("Error from server (NotFound): pods \"far-1\" not found\n"));
  EXPECT_TRUE(is_gone("error: unable to upgrade connection: container not found (\"box\")\n"));
  EXPECT_TRUE(
      is_gone("error: cannot exec into a container in a completed pod; current phase is "
              "Succeeded\n"));
}

TEST(RemoteSignal, IsTriedAgainWhenTheContainerMayBeThere) {
  EXPECT_FALSE(is_gone(""));
  EXPECT_FALSE(is_gone("The connection to the server 10.0.0.1:443 was refused\n"));
  EXPECT_FALSE(is_gone("Error from server (NotFound): nodes \"n\" not found\n"));
  EXPECT_FALSE(is_gone("error: unable to upgrade connection: pod does not exist\n"));
  EXPECT_FALSE(is_gone("Error from server: error dialing backend: connection refused\n"));
}

}  // namespace
}  // namespace zomg::kubectl
