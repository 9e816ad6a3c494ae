#include "monitor/lookups/resolver_client.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/base/child.h"
#include "common/base/limits.h"

namespace zomg::monitor {
namespace {

using common::Failure;
using common::Fd;
using Names = std::vector<std::string>;

/// The resolver is a program that does nothing; the test plays it, at its end of the channel.
class ResolverClientTest : public testing::Test {
 protected:
  void SetUp() override {
    loop_.after(std::chrono::seconds(20), [this] {
      ADD_FAILURE() << "not in time";
      loop_.stop();
    });
    ASSERT_TRUE(client_.start());
    take_channel();
  }

  void take_channel() {
    std::ifstream children("/proc/self/task/" + std::to_string(::gettid()) + "/children");
    while (children >> pid_) {
    }
    // Until then its descriptors are ours.
    const auto own = std::filesystem::read_symlink("/proc/self/exe");
    const std::string exe = "/proc/" + std::to_string(pid_) + "/exe";
    while (std::filesystem::read_symlink(exe) == own) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    const Fd program(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    resolver_ = ipc::Channel(
        Fd(static_cast<int>(::syscall(SYS_pidfd_getfd, program.get(), common::kChannelFd, 0))));
    ASSERT_TRUE(resolver_);
  }

  ResolverClient::RequestId ask(const std::string& box, const std::string& key) {
    return client_.look_up({"demo", box, ""}, key, [this, box](Failure failure, LookedUpBox found) {
      answered_.push_back(failure == Failure::kNone ? box + ": " + found.claim.pod.value
                                                    : box + ": none");
      if (found.file) files_.insert(found.file.get());
      kept_.push_back(std::move(found));
    });
  }

  /// What the resolver was asked since it was asked so last.
  Names asked() {
    Names names;
    pollfd readable{resolver_.fd(), POLLIN, 0};
    while (::poll(&readable, 1, 0) == 1) {
      const auto question = resolver_.receive_message<messages::LookUpBox>();
      if (!question) break;
      names.push_back(question->box.value);
      numbers_[question->box.value] = question->request_id;
    }
    return names;
  }

  /// The pod of a box has the name of its number.
  void answer(const std::string& box) {
    messages::BoxLookedUp reply{.request_id = numbers_.at(box)};
    reply.box.pod = std::string_view(std::to_string(reply.request_id));
    const Fd file(::memfd_create("file", MFD_CLOEXEC));
    ASSERT_TRUE(resolver_.send(reply, {file.get()}));
  }

  void run_until(std::function<bool()> condition) {
    std::function<void()> look = [&] {
      if (condition()) return loop_.stop();
      loop_.after(std::chrono::milliseconds(2), look);
    };
    look();
    loop_.run();
  }
  void run_until_answered(std::size_t count) {
    run_until([this, count] { return answered_.size() >= count; });
  }

  EventLoop loop_;
  Program program_{"program", Fd(::open("/bin/cat", O_PATH | O_CLOEXEC))};
  /// Nothing is ever to be read from it.
  common::FdPair silence_ = *common::make_pipe();
  int monitors_end_ = -1;
  ResolverClient client_{loop_, program_, silence_.first.get(), ResolverClient::Claims::kPod,
                         [this](const ipc::Channel& channel) {
                           monitors_end_ = channel.fd();
                           return common::Result<void>();
                         }};
  pid_t pid_ = 0;
  ipc::Channel resolver_;
  std::map<std::string, std::uint64_t> numbers_;
  Names answered_;
  std::set<int> files_;
  std::vector<LookedUpBox> kept_;
};

TEST_F(ResolverClientTest, AsksOnceForAllWhoWait) {
  ask("box", "a");
  ask("box", "b");
  ask("box", "b");
  EXPECT_EQ(asked(), Names{"box"});
  answer("box");
  run_until_answered(3);
  EXPECT_EQ(answered_, (Names{"box: 1", "box: 1", "box: 1"}));
  EXPECT_EQ(files_.size(), 3U);
  // Who comes now wants to know how it is now.
  ask("box", "a");
  EXPECT_EQ(asked(), Names{"box"});
}

TEST_F(ResolverClientTest, DoesNotAskForWhoLeft) {
  for (int i = 0; i < 1000; ++i) {
    const auto left = ask("many" + std::to_string(i), "a");
    client_.cancel(left);
  }
  EXPECT_EQ(asked().size(), limits::kLookupsPerKey);
  ask("box", "b");
  EXPECT_EQ(asked(), Names{"box"});
  ask("mine", "a");
  EXPECT_EQ(asked(), Names{});
  answer("many0");
  run_until([this] { return asked() == Names{"mine"}; });
  EXPECT_EQ(answered_, Names{});
}

TEST_F(ResolverClientTest, KeepsNothingOfWhoLeft) {
  const auto come_and_leave = [this](int first) {
    for (int i = first; i < first + 10'000; ++i) {
      client_.cancel(ask("many" + std::to_string(i), "key" + std::to_string(i % 100)));
    }
  };
  come_and_leave(0);
  const std::size_t before = ::mallinfo2().uordblks;
  come_and_leave(10'000);
  EXPECT_LT(::mallinfo2().uordblks, before + 10'000);
}

TEST_F(ResolverClientTest, AsksForWhoStaysWhereOthersLeft) {
  for (std::size_t i = 0; i < limits::kLookupsPerKey; ++i) ask("many" + std::to_string(i), "a");
  const auto left = ask("box", "a");
  ask("box", "a");
  client_.cancel(left);
  client_.cancel(left);
  EXPECT_EQ(asked().size(), limits::kLookupsPerKey);
  answer("many0");
  run_until([this] { return asked() == Names{"box"}; });
}

TEST_F(ResolverClientTest, TellsWhatIsUnderWay) {
  for (std::size_t i = 0; i < limits::kLookupsPerKey; ++i) {
    EXPECT_TRUE(client_.under_way(ask("many" + std::to_string(i), "a")));
  }
  EXPECT_FALSE(client_.under_way(ask("box", "a")));
}

TEST_F(ResolverClientTest, SendsLaterWhatTheSocketHasNoRoomFor) {
  // The least that the kernel gives: a few packets.
  const int least = 1;
  ASSERT_EQ(::setsockopt(monitors_end_, SOL_SOCKET, SO_SNDBUF, &least, sizeof(least)), 0);
  std::size_t sent = 0;
  for (const std::string key : {"a", "b"}) {
    for (std::size_t i = 0; i < limits::kLookupsPerKey; ++i) ask(key + std::to_string(i), key);
  }
  sent = asked().size();
  ASSERT_LT(sent, limits::kResolverThreads);
  run_until([&] { return (sent += asked().size()) == limits::kResolverThreads; });
}

TEST_F(ResolverClientTest, AsksTheNextOneWhatWasNotAnsweredAndIsWaitedFor) {
  ask("box", "a");
  client_.cancel(ask("left", "a"));
  EXPECT_EQ(asked(), (Names{"box", "left"}));
  resolver_.close();
  ::kill(pid_, SIGKILL);
  run_until([this] { return !client_.running(); });
  run_until([this] { return client_.running(); });
  take_channel();
  run_until([this] { return asked() == Names{"box"}; });
  answer("box");
  run_until_answered(1);
}

TEST_F(ResolverClientTest, EndsWhoAnswersWhatItWasNotAsked) {
  ask("box", "a");
  asked();
  numbers_["box"] += 1;
  answer("box");
  run_until([this] { return !client_.running(); });
  EXPECT_EQ(answered_, Names{});
}

}  // namespace
}  // namespace zomg::monitor
