#include "monitor/base/event_loop.h"

#include <gtest/gtest.h>
#include <seccomp.h>
#include <sys/epoll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace zomg::monitor {
namespace {

/// Whether `body` returns true in a process whose kernel has no room for epoll watches, as when
/// fs.epoll.max_user_watches are in use.
bool holds_without_room(const std::function<bool()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    const scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    const bool loaded = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSPC), SCMP_SYS(epoll_ctl), 1,
                                         SCMP_A1(SCMP_CMP_EQ, EPOLL_CTL_ADD)) == 0 &&
                        seccomp_load(filter) == 0;
    ::_exit(loaded && body() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status == 0;
}

bool hears_of_both() {
  EventLoop loop;
  auto one = common::make_pipe().value();
  auto other = common::make_pipe().value();
  int heard = 0;
  const auto listen = [&](int fd) {
    loop.watch(fd, [&loop, &heard, fd] {
      ++heard;
      loop.forget(fd);
      if (heard == 2) loop.stop();
    });
  };
  listen(one.first.get());
  listen(other.first.get());
  loop.after(std::chrono::milliseconds(1), [&] { other.second.reset(); });
  if (::write(one.second.get(), "x", 1) != 1) return false;
  loop.run();
  return heard == 2;
}

TEST(EventLoop, HearsOfWhatItWatches) {
  EXPECT_TRUE(hears_of_both());
}

TEST(EventLoop, LivesWithoutEpollWatches) {
  EXPECT_TRUE(holds_without_room(hears_of_both));
}

/// Each of two callbacks replaces the other's descriptor, which is ready, by one of the same number that is not.
bool takes_none_for_one_that_was_there_before() {
  EventLoop loop;
  auto one = common::make_pipe().value();
  auto other = common::make_pipe().value();
  const auto quiet = common::make_pipe().value();
  bool mistaken = false;
  const auto replace_when_ready = [&](int fd, int victim) {
    loop.watch(fd, [&loop, &quiet, &mistaken, fd, victim] {
      loop.forget(fd);
      loop.forget(victim);
      if (::dup2(quiet.first.get(), victim) != victim) return;
      loop.watch(victim, [&mistaken] { mistaken = true; });
    });
  };
  replace_when_ready(one.first.get(), other.first.get());
  replace_when_ready(other.first.get(), one.first.get());
  if (::write(one.second.get(), "x", 1) != 1 || ::write(other.second.get(), "x", 1) != 1)
    return false;
  loop.after(std::chrono::milliseconds(50), [&loop] { loop.stop(); });
  loop.run();
  return !mistaken;
}

TEST(EventLoop, TakesNoDescriptorForOneThatWasThereBefore) {
  EXPECT_TRUE(takes_none_for_one_that_was_there_before());
}

TEST(EventLoop, TakesNoDescriptorForOneThatWasThereBeforeWithoutEpollWatches) {
  EXPECT_TRUE(holds_without_room(takes_none_for_one_that_was_there_before));
}

TEST(EventLoop, HasTimersWithoutEpollWatches) {
  EXPECT_TRUE(holds_without_room([] {
    EventLoop loop;
    int fired = 0;
    loop.after(std::chrono::milliseconds(2), [&] { loop.stop(); });
    loop.after(std::chrono::milliseconds(1), [&] { ++fired; });
    loop.run();
    return fired == 1;
  }));
}

}  // namespace
}  // namespace zomg::monitor
