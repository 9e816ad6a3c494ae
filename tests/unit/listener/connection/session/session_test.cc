#include "listener/connection/session/session.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>

#include "tests/unit/listener/connection/protocol/wire_text.h"
#include "tests/unit/listener/connection/requests/monitor_double.h"
#include "tests/unit/listener/connection/session/fake_channel.h"

namespace zomg::connection {
namespace {

/// Plays monitor, sessiond and the program to one Session.
class SessionTest : public testing::Test {
 protected:
  void SetUp() override { std::signal(SIGPIPE, SIG_IGN); }

  bool start(std::string_view request, std::string_view payload = "") {
    auto control = common::make_packet_socketpair();
    sessiond_ = ipc::Channel(std::move(control->first));
    EXPECT_TRUE(monitor_.channel.send(messages::SessionOpened{1}, {control->second.get()}));
    return session_.on_request(request, payload);
  }
  void get_ready_with_pipes() {
    auto in = common::make_pipe();
    auto out = common::make_pipe();
    auto err = common::make_pipe();
    ASSERT_TRUE(sessiond_.send(messages::SessionReady{false},
                               {in->second.get(), out->first.get(), err->first.get()}));
    in_ = std::move(in->first);
    out_ = std::move(out->second);
    err_ = std::move(err->second);
    step();
  }
  void step() {
    for (int i = 0; i < 5; ++i) {
      PollSet poll_set;
      session_.add_to(poll_set, true);
      poll_set.wait(0);
      session_.step(poll_set, buffer_, buffer_.size());
    }
  }
  static void say(const common::Fd& fd, std::string_view text) {
    ASSERT_EQ(::write(fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  static std::string hear(const common::Fd& fd) {
    std::string text(4096, '\0');
    const ssize_t got = ::read(fd.get(), text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

  MonitorDouble monitor_;
  FakeChannel channel_;
  Session session_{channel_, monitor_.link};
  ipc::Channel sessiond_;
  common::Fd in_;
  common::Fd out_;
  common::Fd err_;
  std::array<char, 1024> buffer_{};
};

std::string pty_payload() {
  return wire_string("xterm") + wire_uint32(80) + wire_uint32(24) + wire_uint32(0) +
         wire_uint32(0) + wire_string("");
}

TEST_F(SessionTest, RelaysAndEndsInOrder) {
  ASSERT_TRUE(start("exec", wire_string("cmd")));
  const auto opened = monitor_.receive<messages::OpenSession>();
  EXPECT_EQ(opened.kind, messages::SessionKind::kExec);
  EXPECT_EQ(opened.command.value, "cmd");
  get_ready_with_pipes();
  ASSERT_TRUE(sessiond_.receive_message<messages::SessionGo>());
  EXPECT_EQ(session_.on_data("input"), 5u);
  EXPECT_EQ(hear(in_), "input");
  say(out_, "out");
  say(err_, "err");
  ASSERT_TRUE(sessiond_.send(messages::SessionExited{42}));
  out_.reset();
  err_.reset();
  step();
  EXPECT_EQ(channel_.stdout_, "out");
  EXPECT_EQ(channel_.stderr_, "err");
  EXPECT_EQ(channel_.log_, "status 42;close;");
}

TEST_F(SessionTest, TheMonitorIsToldTheBytesOnceAtTheEnd) {
  ASSERT_TRUE(start("exec", wire_string("cmd")));
  monitor_.receive<messages::OpenSession>();
  get_ready_with_pipes();
  session_.on_data("input");
  say(out_, "out");
  say(err_, "error");
  step();
  EXPECT_TRUE(monitor_.silent());
  ASSERT_TRUE(sessiond_.send(messages::SessionExited{0}));
  out_.reset();
  err_.reset();
  step();
  session_.on_close();
  step();
  const auto traffic = monitor_.receive<messages::ReportTraffic>();
  EXPECT_EQ(traffic.session, 1U);
  EXPECT_EQ(traffic.from_client, 5U);
  EXPECT_EQ(traffic.to_client, 8U);
  EXPECT_TRUE(monitor_.silent());
}

TEST_F(SessionTest, AStatusDoesNotWaitForWhatStaysBehind) {
  ASSERT_TRUE(start("exec", wire_string("cmd &")));
  get_ready_with_pipes();
  say(out_, "first ");
  ASSERT_TRUE(sessiond_.send(messages::SessionExited{0}));
  step();
  EXPECT_EQ(channel_.log_, "status 0;");
  say(out_, "second");
  out_.reset();
  err_.reset();
  step();
  EXPECT_EQ(channel_.stdout_, "first second");
  EXPECT_EQ(channel_.log_, "status 0;close;");
}

TEST_F(SessionTest, NoStatusBeforeTheClientHasTakenAll) {
  ASSERT_TRUE(start("exec", wire_string("cmd")));
  get_ready_with_pipes();
  channel_.window_ = 2;
  say(out_, "hello");
  out_.reset();
  err_.reset();
  ASSERT_TRUE(sessiond_.send(messages::SessionSignaled{SIGKILL, true}));
  step();
  EXPECT_EQ(channel_.log_, "");
  channel_.window_ = 100;
  step();
  EXPECT_EQ(channel_.stdout_, "hello");
  EXPECT_EQ(channel_.log_, "signal KILL core;close;");
}

TEST_F(SessionTest, ClientEofClosesStdinAfterTheLastByte) {
  ASSERT_TRUE(start("exec", wire_string("cmd")));
  EXPECT_EQ(session_.on_data("early"), 0u);
  channel_.waiting_ = "early";
  session_.on_eof();
  get_ready_with_pipes();
  EXPECT_EQ(hear(in_), "early");
  step();
  EXPECT_EQ(::read(in_.get(), buffer_.data(), 1), 0);
}

TEST_F(SessionTest, AFailureIsToldOnStderr) {
  ASSERT_TRUE(start("shell"));
  ASSERT_TRUE(sessiond_.send(messages::SessionFailed{common::Failure::kNoSuchBox}));
  step();
  EXPECT_EQ(channel_.stderr_, sentence(common::Failure::kNoSuchBox) + "\n");
  EXPECT_EQ(channel_.log_, "status 255;close;");
}

TEST_F(SessionTest, AFailureNamesTheContainersToChooseFrom) {
  ASSERT_TRUE(start("shell"));
  messages::SessionFailed failed{common::Failure::kSeveralContainers, {}};
  failed.containers.value = {std::string_view("app"), std::string_view("logger")};
  ASSERT_TRUE(sessiond_.send(failed));
  step();
  EXPECT_EQ(channel_.stderr_,
            sentence(common::Failure::kSeveralContainers) + " It has: app, logger.\n");
}

TEST_F(SessionTest, AFailureIsToldOnTheTerminalIfThereIsToBeOne) {
  monitor_.log_in(true);
  ASSERT_TRUE(session_.on_request("pty-req", pty_payload()));
  ASSERT_TRUE(start("shell"));
  EXPECT_TRUE(monitor_.receive<messages::OpenSession>().terminal);
  sessiond_.close();
  step();
  EXPECT_EQ(channel_.stdout_, sentence(common::Failure::kGatewayFailed) + "\r\n");
  EXPECT_EQ(channel_.log_, "status 255;close;");
}

TEST_F(SessionTest, WithoutAMonitorTheUserIsToldSo) {
  monitor_.channel.close();
  EXPECT_TRUE(session_.on_request("shell", ""));
  step();
  EXPECT_EQ(channel_.stderr_, sentence(common::Failure::kGatewayFailed) + "\n");
}

TEST_F(SessionTest, DescriptorsOfTheWrongKindAreNotTaken) {
  ASSERT_TRUE(start("shell"));
  auto pipe = common::make_pipe();
  const int read_end = pipe->first.get();
  ASSERT_TRUE(sessiond_.send(messages::SessionReady{false}, {read_end, read_end, read_end}));
  step();
  EXPECT_EQ(channel_.log_, "status 255;close;");
}

TEST_F(SessionTest, ATerminalGetsItsSizeBeforeTheProgramStarts) {
  monitor_.log_in(true);
  ASSERT_TRUE(session_.on_request("pty-req", pty_payload()));
  ASSERT_TRUE(start("shell"));
  ASSERT_TRUE(session_.on_request(
      "window-change", wire_uint32(132) + wire_uint32(50) + wire_uint32(0) + wire_uint32(0)));
  common::Fd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(master);
  ASSERT_EQ(::unlockpt(master.get()), 0);
  common::Fd slave(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(sessiond_.send(messages::SessionReady{true}, {master.get()}));
  step();
  ASSERT_TRUE(sessiond_.receive_message<messages::SessionGo>());
  winsize size{};
  ASSERT_EQ(::ioctl(slave.get(), TIOCGWINSZ, &size), 0);
  EXPECT_EQ(size.ws_col, 132);
  EXPECT_EQ(size.ws_row, 50);
}

TEST_F(SessionTest, ATerminalEndsWithItsProgramWhoeverElseHasItOpen) {
  monitor_.log_in(true);
  ASSERT_TRUE(session_.on_request("pty-req", pty_payload()));
  ASSERT_TRUE(start("shell"));
  common::Fd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(master);
  ASSERT_EQ(::unlockpt(master.get()), 0);
  const common::Fd slave(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(sessiond_.send(messages::SessionReady{true}, {master.get()}));
  step();
  say(slave, "logout");
  ASSERT_TRUE(sessiond_.send(messages::SessionExited{3}));
  step();
  EXPECT_EQ(channel_.stdout_, "logout");
  EXPECT_EQ(channel_.log_, "status 3;close;");
}

TEST_F(SessionTest, SignalsAreDelivered) {
  ASSERT_TRUE(start("shell"));
  get_ready_with_pipes();
  ASSERT_TRUE(sessiond_.receive_message<messages::SessionGo>());
  session_.on_signal("NONSENSE");
  session_.on_signal("TERM");
  const auto delivered = sessiond_.receive_message<messages::DeliverSignal>();
  ASSERT_TRUE(delivered);
  EXPECT_EQ(delivered->signal, static_cast<std::uint32_t>(SIGTERM));
}

TEST_F(SessionTest, AClosedChannelClosesEverything) {
  ASSERT_TRUE(start("shell"));
  get_ready_with_pipes();
  session_.on_close();
  step();
  EXPECT_EQ(::read(in_.get(), buffer_.data(), 1), 0);
  EXPECT_EQ(::write(out_.get(), "x", 1), -1);
  EXPECT_FALSE(sessiond_.receive_message<messages::SessionGo>().has_value() &&
               sessiond_.receive_message<messages::SessionGo>().has_value());
  EXPECT_EQ(channel_.log_, "");
}

TEST_F(SessionTest, AClientThatReadsNoMoreClosesStdout) {
  ASSERT_TRUE(start("shell"));
  get_ready_with_pipes();
  EXPECT_TRUE(session_.on_request("eow@openssh.com", ""));
  EXPECT_EQ(::write(out_.get(), "x", 1), -1);
  EXPECT_EQ(::write(err_.get(), "x", 1), 1);
}

TEST_F(SessionTest, RequestsThatAreRefused) {
  EXPECT_FALSE(session_.on_request("x11-req", ""));
  EXPECT_FALSE(session_.on_request("auth-agent-req@openssh.com", ""));
  EXPECT_FALSE(session_.on_request("subsystem", wire_string("netconf")));
  EXPECT_FALSE(session_.on_request("exec", wire_string(std::string_view("a\0b", 3))));
  EXPECT_FALSE(session_.on_request("env", wire_string("PATH") + wire_string("/tmp")));
  EXPECT_FALSE(session_.on_request("pty-req", "rubbish"));
  EXPECT_FALSE(session_.on_request("window-change", wire_uint32(1)));
  EXPECT_FALSE(session_.on_request("break", wire_uint32(0)));
}

TEST_F(SessionTest, OneProgramAChannel) {
  ASSERT_TRUE(start("subsystem", wire_string("sftp")));
  EXPECT_FALSE(session_.on_request("shell", ""));
  EXPECT_FALSE(session_.on_request("exec", wire_string("ls")));
  EXPECT_FALSE(session_.on_request("pty-req", pty_payload()));
  EXPECT_FALSE(session_.on_request("env", wire_string("LANG") + wire_string("C")));
}

TEST_F(SessionTest, AKeyWithoutTerminalsIsRefusedOne) {
  monitor_.log_in(false);
  EXPECT_FALSE(session_.on_request("pty-req", pty_payload()));
}

}  // namespace
}  // namespace zomg::connection
