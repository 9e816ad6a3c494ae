#include "sessiond/kubectl/kubectl_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>

namespace zomg::kubectl {
namespace {

using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::Not;

messages::BoxClaim box() {
  messages::BoxClaim claim;
  claim.kubernetes_namespace = std::string_view("n");
  claim.pod = std::string_view("p");
  claim.container = std::string_view("c");
  return claim;
}

TEST(KubectlArguments, NameThePodAndNothingOfTheUsers) {
  const auto arguments = session_arguments(box(), "id1", true);
  EXPECT_THAT(arguments, Contains("--namespace=n"));
  EXPECT_THAT(arguments, Contains("--container=c"));
  EXPECT_THAT(arguments, Contains("--tty=true"));
  EXPECT_THAT(arguments, Contains("p"));
  EXPECT_THAT(arguments.back(), HasSubstr("# zomg-ssh session id1\n"));
}

TEST(KubectlArguments, OfAnErrandAreNotThoseThatItLooksFor) {
  const auto arguments = remote_signal_arguments(box(), {"id1", "12", "3456", true}, "TERM");
  EXPECT_THAT(arguments, Each(Not(HasSubstr("zomg-ssh session"))));
  EXPECT_THAT(std::vector<std::string>(arguments.end() - 5, arguments.end()),
              testing::ElementsAre("id1", "TERM", "12", "3456", "yes"));
}

TEST(KubectlInput, IsAScriptWithItsEndAndThenTheHeader) {
  const std::string input = session_input("header\n");
  EXPECT_THAT(input, HasSubstr("\n#.\nheader\n"));
  EXPECT_EQ(input.find("#.\n"), input.rfind("#.\n"));
  EXPECT_TRUE(remote_signal_input().ends_with("\n#.\n"));
}

TEST(StartKubectl, SaysWhenItIsNoProgram) {
  const common::Fd nothing(::memfd_create("kubectl", MFD_CLOEXEC));
  auto pipe = common::make_pipe();
  ASSERT_TRUE(nothing && pipe);
  const int fd = pipe->second.get();
  const Streams streams{fd, fd, fd};
  auto kubectl = start_kubectl(nothing.get(), {"kubectl"}, streams);
  ASSERT_TRUE(kubectl);
  pipe->second.reset();
  std::array<char, 200> said{};
  const ssize_t got = ::read(pipe->first.get(), said.data(), said.size());
  EXPECT_EQ(kubectl->wait().value().exit_code, 127);
  ASSERT_GT(got, 0);
  EXPECT_THAT(std::string(said.data(), static_cast<std::size_t>(got)),
              HasSubstr("cannot be executed"));
}

}  // namespace
}  // namespace zomg::kubectl
