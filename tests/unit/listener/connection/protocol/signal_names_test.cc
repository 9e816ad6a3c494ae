#include "listener/connection/protocol/signal_names.h"

#include <gtest/gtest.h>

#include <csignal>

namespace zomg::connection {
namespace {

TEST(SignalNames, RoundTrip) {
  for (const int number : {SIGABRT, SIGALRM, SIGFPE, SIGHUP, SIGILL, SIGINT, SIGKILL, SIGPIPE,
                           SIGQUIT, SIGSEGV, SIGTERM, SIGUSR1, SIGUSR2}) {
    EXPECT_EQ(signal_number(signal_name(number)), number);
  }
}

TEST(SignalNames, OthersFromClientsAreRefused) {
  for (const char* name : {"", "SIGTERM", "term", "STOP", "9", "CHLD"}) {
    EXPECT_EQ(signal_number(name), 0) << name;
  }
}

TEST(SignalNames, OthersFromProgramsAreNamedAsSshdNamesThem) {
  EXPECT_EQ(signal_name(SIGBUS), "SIG@openssh.com");
  EXPECT_EQ(signal_name(SIGSYS), "SIG@openssh.com");
}

}  // namespace
}  // namespace zomg::connection
