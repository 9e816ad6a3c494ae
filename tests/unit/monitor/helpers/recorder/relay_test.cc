#include "monitor/helpers/recorder/relay.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <nlohmann/json.hpp>

#include "common/base/child.h"
#include "common/messages/session.h"

namespace zomg::recorder {
namespace {

using common::Fd;

/// Plays the connection process, sessiond and the program to a relay in a child process.
class RelayTest : public testing::Test {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    directory_ = testing::TempDir() + "relay-" + std::to_string(::getpid());
    std::filesystem::create_directory(directory_);
  }
  void TearDown() override {
    if (child_) {
      child_.kill(SIGKILL);
      (void)child_.wait().has_value();
    }
    std::filesystem::remove_all(directory_);
  }

  void start(bool mandatory, std::uint64_t max_bytes = 1 << 20) {
    auto to_client = common::make_packet_socketpair();
    auto to_session = common::make_packet_socketpair();
    auto child = common::fork_child();
    ASSERT_TRUE(child);
    if (!*child) {
      to_client->first.reset();
      to_session->first.reset();
      relay(ipc::Channel(std::move(to_client->second)), ipc::Channel(std::move(to_session->second)),
            mandatory, max_bytes);
    }
    child_ = std::move(*child);
    client_ = ipc::Channel(std::move(to_client->first));
    session_ = ipc::Channel(std::move(to_session->first));
    box_master_ = Fd(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
    ASSERT_EQ(::unlockpt(box_master_.get()), 0);
    box_ = Fd(::ioctl(box_master_.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));  // NOLINT
    ASSERT_TRUE(box_);
  }
  [[noreturn]] void relay(ipc::Channel client, ipc::Channel session, bool mandatory,
                          std::uint64_t max_bytes) const {
    sigset_t resize;
    sigemptyset(&resize);
    sigaddset(&resize, SIGWINCH);
    ::sigprocmask(SIG_BLOCK, &resize, nullptr);
    std::signal(SIGHUP, SIG_IGN);
    auto terminal = Terminal::make();
    if (!terminal) ::_exit(2);
    Recording recording(Fd(::open(directory_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)),
                        {"name", "title", 1 << 20, max_bytes});
    Relay(std::move(client), std::move(session), std::move(*terminal), std::move(recording),
          mandatory, Fd(::signalfd(-1, &resize, SFD_CLOEXEC | SFD_NONBLOCK)))
        .run();
    ::_exit(0);
  }
  /// As sessiond and the connection process do it; the terminal that the latter gets.
  void hand_over() {
    ASSERT_TRUE(session_.send(messages::SessionReady{true}, {box_master_.get()}));
    box_master_.reset();
    std::vector<Fd> fds;
    ASSERT_TRUE(client_.receive_message<messages::SessionReady>(&fds));
    ASSERT_EQ(fds.size(), 1U);
    terminal_ = std::move(fds[0]);
    const winsize size{30, 100, 0, 0};
    ASSERT_EQ(::ioctl(terminal_.get(), TIOCSWINSZ, &size), 0);
    ASSERT_TRUE(client_.send(messages::SessionGo{}));
  }
  static std::string read_until(const Fd& fd, std::string_view end) {
    std::string text;
    pollfd entry{fd.get(), POLLIN, 0};
    while (text.find(end) == std::string::npos && ::poll(&entry, 1, 20000) > 0) {
      char part[4096];
      const ssize_t got = ::read(fd.get(), part, sizeof(part));
      if (got <= 0) break;
      text.append(part, static_cast<std::size_t>(got));
    }
    return text;
  }
  static void say(const Fd& fd, std::string_view text) {
    ASSERT_EQ(::write(fd.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::string recorded() const {
    std::ifstream file(directory_ + "/name.cast");
    return {std::istreambuf_iterator<char>(file), {}};
  }

  /// What the recording shows: a terminal may hand one line over in several reads, an event each.
  std::string shown() const {
    std::istringstream events(recorded());
    std::string line;
    std::string text;
    std::getline(events, line);  // the header
    while (std::getline(events, line)) {
      const auto event = nlohmann::json::parse(line);
      if (event.at(1) == "o") text += event.at(2).get<std::string>();
    }
    return text;
  }

  std::string directory_;
  common::Child child_;
  ipc::Channel client_;
  ipc::Channel session_;
  Fd box_master_;
  Fd box_;
  Fd terminal_;
};

TEST_F(RelayTest, PassesBothWaysAndRecordsTheProgramsOnly) {
  start(true);
  hand_over();
  ASSERT_TRUE(session_.receive_message<messages::SessionGo>());
  winsize size{};
  ASSERT_EQ(::ioctl(box_.get(), TIOCGWINSZ, &size), 0);
  EXPECT_EQ(size.ws_col, 100);
  termios quiet{};
  ASSERT_EQ(::tcgetattr(box_.get(), &quiet), 0);
  quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ASSERT_EQ(::tcsetattr(box_.get(), TCSANOW, &quiet), 0);
  say(terminal_, "secret\n");
  EXPECT_EQ(read_until(box_, "\n"), "secret\n");
  say(box_, "prompt\n");
  EXPECT_EQ(read_until(terminal_, "\n"), "prompt\r\n");
  EXPECT_NE(recorded().find("\"width\":100,\"height\":30"), std::string::npos) << recorded();
  EXPECT_EQ(shown(), "prompt\r\n");
}

TEST_F(RelayTest, HandsTheNewsOfTheEndOnAfterTheLastByte) {
  start(true);
  hand_over();
  ASSERT_TRUE(session_.receive_message<messages::SessionGo>());
  const std::string text(3000, 'x');
  say(box_, text);
  box_.reset();
  ASSERT_TRUE(session_.send(messages::SessionExited{7}));
  session_.close();
  auto exited = client_.receive_message<messages::SessionExited>();
  ASSERT_TRUE(exited);
  EXPECT_EQ(exited->status, 7U);
  std::string all(8192, '\0');
  ASSERT_TRUE(common::set_nonblocking(terminal_.get(), true));
  const ssize_t got = ::read(terminal_.get(), all.data(), all.size());
  EXPECT_EQ(got, 3000);
}

TEST_F(RelayTest, EndsWhereTheClientWasToldAll) {
  start(true);
  hand_over();
  ASSERT_TRUE(session_.receive_message<messages::SessionGo>());
  say(box_, "last");
  box_.reset();
  ASSERT_TRUE(session_.send(messages::SessionExited{7}));
  // The client keeps both of its ends.
  pollfd end{child_.pidfd(), POLLIN, 0};
  EXPECT_EQ(::poll(&end, 1, 10000), 1);
  auto exited = client_.receive_message<messages::SessionExited>();
  ASSERT_TRUE(exited);
  EXPECT_EQ(read_until(terminal_, "last"), "last");
}

TEST_F(RelayTest, TellsTheBoxAndTheRecordingOfANewSize) {
  start(true);
  hand_over();
  ASSERT_TRUE(session_.receive_message<messages::SessionGo>());
  const winsize wide{50, 200, 0, 0};
  ASSERT_EQ(::ioctl(terminal_.get(), TIOCSWINSZ, &wide), 0);
  say(box_, "mark\n");
  for (int i = 0; i < 2000 && recorded().find("200x50") == std::string::npos; ++i) ::usleep(10000);
  EXPECT_NE(recorded().find("\"r\", \"200x50\""), std::string::npos) << recorded();
  winsize size{};
  ASSERT_EQ(::ioctl(box_.get(), TIOCGWINSZ, &size), 0);
  EXPECT_EQ(size.ws_col, 200);
}

TEST_F(RelayTest, EndsASessionThatHasToBeRecordedAndCannotBe) {
  start(true, 10);
  hand_over();
  auto failed = client_.receive_message<messages::SessionFailed>();
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->failure, common::Failure::kNotRecorded);
  auto packet = session_.receive();
  EXPECT_TRUE(!packet || packet->closed());
}

TEST_F(RelayTest, ShowsNothingThatHadToBeRecordedAndCouldNotBe) {
  start(true, 400);
  hand_over();
  ASSERT_TRUE(session_.receive_message<messages::SessionGo>());
  say(box_, "kept\n");
  EXPECT_EQ(read_until(terminal_, "\n"), "kept\r\n");
  say(box_, std::string(1000, 'x'));
  auto failed = client_.receive_message<messages::SessionFailed>();
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->failure, common::Failure::kNotRecorded);
  EXPECT_EQ(read_until(terminal_, "x"), "");
}

TEST_F(RelayTest, LetsOneGoOnThatNeedNotBeRecorded) {
  start(false, 10);
  hand_over();
  ASSERT_TRUE(session_.receive_message<messages::SessionGo>());
  say(box_, "shown\n");
  EXPECT_EQ(read_until(terminal_, "\n"), "shown\r\n");
}

TEST_F(RelayTest, GoesWhenTheClientGoes) {
  start(true);
  hand_over();
  ASSERT_TRUE(session_.receive_message<messages::SessionGo>());
  client_.close();
  auto packet = session_.receive();
  EXPECT_TRUE(!packet || packet->closed());
  char byte = 0;
  EXPECT_LE(::read(box_.get(), &byte, 1), 0);  // hung up
}

}  // namespace
}  // namespace zomg::recorder
