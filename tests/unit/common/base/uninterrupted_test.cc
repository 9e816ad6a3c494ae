#include "common/base/uninterrupted.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/time.h>

#include <array>

#include "common/base/fd.h"

namespace zomg::common {
namespace {

TEST(Uninterrupted, MakesTheCallAgainAfterASignalAlone) {
  int calls = 0;
  const auto fail_with = [&](int error) {
    return [&calls, error] {
      errno = ++calls < 3 ? EINTR : error;
      return -1;
    };
  };
  EXPECT_EQ(uninterrupted(fail_with(EAGAIN)), -1);
  EXPECT_EQ(errno, EAGAIN);
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(uninterrupted([] { return 0; }), 0);
}

TEST(PollEvents, NothingIsReadyAfterASignal) {
  const auto pipe = make_pipe();
  struct sigaction on_alarm {};
  on_alarm.sa_handler = [](int) {};
  ASSERT_EQ(::sigaction(SIGALRM, &on_alarm, nullptr), 0);
  const itimerval again{{0, 10'000}, {0, 10'000}};
  ASSERT_EQ(::setitimer(ITIMER_REAL, &again, nullptr), 0);
  // As of a wait before.
  std::array<pollfd, 1> entries{{{pipe->first.get(), POLLIN, POLLIN}}};
  EXPECT_EQ(poll_events(entries, -1), 0);
  EXPECT_EQ(entries[0].revents, 0);
  const itimerval never{};
  ASSERT_EQ(::setitimer(ITIMER_REAL, &never, nullptr), 0);
}

}  // namespace
}  // namespace zomg::common
