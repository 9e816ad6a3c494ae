#include "monitor/helpers/lookup/service.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <set>

#include "common/base/child.h"
#include "monitor/helpers/lookup/sealed_file.h"

namespace zomg::lookup {
namespace {

using common::Failure;

FoundBox fake_lookup(const BoxName& box, const std::string& container) {
  FoundBox found;
  if (box.box == "none") {
    found.failure = Failure::kNoSuchBox;
  } else if (box.box == "failed") {
    found.failure = Failure::kLookupFailed;
  } else {
    found.claim.pid = 42;
    found.claim.pod = std::string_view(box.box);
    found.claim.container = std::string_view(container);
    found.file = make_sealed_file("environment", "").value();
  }
  return found;
}

/// A service in a process of its own, since its end is the process's.
class ServiceTest : public testing::Test {
 protected:
  void start(bool outdated = false) {
    auto ends = common::make_packet_socketpair().value();
    child_ = common::fork_child().value();
    if (!child_) {
      ends.first.reset();
      Service(ipc::Channel(std::move(ends.second)), fake_lookup, [&] { return outdated; }).run();
    }
    monitor_ = ipc::Channel(std::move(ends.first));
  }

  void ask(std::uint64_t id, std::string_view box) {
    EXPECT_TRUE(monitor_.send(
        messages::LookUpBox{id, std::string_view("demo"), box, std::string_view("app")}));
  }

  int exit_code() {
    const auto status = child_.wait().value();
    EXPECT_EQ(status.signal, 0);
    return status.exit_code;
  }

  void send_raw(std::string_view packet) {
    ASSERT_EQ(::send(monitor_.fd(), packet.data(), packet.size(), 0), std::ssize(packet));
  }

  common::Child child_;
  ipc::Channel monitor_;
};

TEST_F(ServiceTest, AnswersWithTheRequestsId) {
  start();
  ask(7, "box1");
  std::vector<common::Fd> fds;
  const auto answer = monitor_.receive_message<messages::BoxLookedUp>(&fds).value();
  EXPECT_EQ(answer.request_id, 7U);
  EXPECT_EQ(answer.failure, Failure::kNone);
  EXPECT_EQ(answer.box.pid, 42);
  EXPECT_EQ(answer.box.pod.value, "box1");
  EXPECT_EQ(answer.box.container.value, "app");
  EXPECT_EQ(fds.size(), 1U);
  monitor_.close();
  EXPECT_EQ(exit_code(), 0);
}

TEST_F(ServiceTest, SendsNoDescriptorWithAFailure) {
  start();
  ask(8, "none");
  const auto answer = monitor_.receive_message<messages::BoxLookedUp>().value();
  EXPECT_EQ(answer.failure, Failure::kNoSuchBox);
  monitor_.close();
  EXPECT_EQ(exit_code(), 0);
}

TEST_F(ServiceTest, AnswersEveryOneOfManyRequests) {
  start();
  std::set<std::uint64_t> ids;
  for (std::uint64_t id = 0; id < 100; ++id) ask(id, "box1");
  for (int i = 0; i < 100; ++i) {
    std::vector<common::Fd> fds;
    ids.insert(monitor_.receive_message<messages::BoxLookedUp>(&fds).value().request_id);
  }
  EXPECT_EQ(ids.size(), 100U);
  monitor_.close();
  EXPECT_EQ(exit_code(), 0);
}

TEST_F(ServiceTest, EndsWhenTheMonitorLeavesAnswersUnread) {
  start();
  ask(1, "box1");
  // Readable: the answer is there.
  char byte = 0;
  EXPECT_EQ(::recv(monitor_.fd(), &byte, 1, MSG_PEEK), 1);
  monitor_.close();
  EXPECT_EQ(exit_code(), 0);
}

TEST_F(ServiceTest, EndsAtAMalformedPacket) {
  for (const std::string& packet :
       {std::string("\1\0", 2), std::string(4, '\7'), std::string("\1\0\0\0too short", 13),
        ipc::encode(messages::LookUpBox{}).value() + "x"}) {
    start();
    send_raw(packet);
    EXPECT_EQ(exit_code(), 1);
  }
}

TEST_F(ServiceTest, EndsAtADescriptor) {
  start();
  EXPECT_TRUE(monitor_.send_packet(*ipc::encode(messages::LookUpBox{}), {STDIN_FILENO}));
  EXPECT_EQ(exit_code(), 1);
}

TEST_F(ServiceTest, EndsAfterTheAnswerWhenOutdated) {
  start(/*outdated=*/true);
  ask(1, "none");
  EXPECT_EQ(monitor_.receive_message<messages::BoxLookedUp>().value().failure, Failure::kNoSuchBox);
  ask(2, "failed");
  EXPECT_EQ(monitor_.receive_message<messages::BoxLookedUp>().value().failure,
            Failure::kLookupFailed);
  EXPECT_EQ(exit_code(), 1);
}

}  // namespace
}  // namespace zomg::lookup
