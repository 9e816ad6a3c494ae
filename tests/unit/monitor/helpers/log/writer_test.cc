#include "monitor/helpers/log/writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <ctime>
#include <thread>

#include "common/messages/log.h"

namespace zomg::log_writer {
namespace {

/// A Writer on a thread, with the other ends of all that it has.
class WriterTest : public testing::Test {
 protected:
  void SetUp() override {
    ::signal(SIGPIPE, SIG_IGN);
    own_ = *common::make_packet_socketpair();
    others_ = *common::make_packet_socketpair();
    supervisor_ = *common::make_packet_socketpair();
    log_ = *common::make_pipe();
    thread_ = std::thread([this] {
      Writer writer(own_.first.get(), others_.first.get(), log_.second.get(),
                    ipc::Channel(std::move(supervisor_.first)));
      EXPECT_TRUE(writer.run());
    });
  }
  void TearDown() override {
    own_.second.reset();
    others_.second.reset();
    thread_.join();
  }

  static void say(const common::Fd& socket, std::string_view line) {
    EXPECT_EQ(::send(socket.get(), line.data(), line.size(), 0), static_cast<ssize_t>(line.size()));
  }
  /// The next `size` bytes of the log.
  std::string read(std::size_t size) const {
    std::string text(size, '\0');
    std::size_t done = 0;
    while (done < size) {
      pollfd entry{log_.first.get(), POLLIN, 0};
      if (::poll(&entry, 1, 20'000) != 1) break;
      const ssize_t got = ::read(log_.first.get(), text.data() + done, size - done);
      if (got <= 0) break;
      done += static_cast<std::size_t>(got);
    }
    text.resize(done);
    return text;
  }
  void fill_the_log() const {
    ASSERT_TRUE(common::set_nonblocking(log_.second.get(), true));
    const std::string line(512, '.');
    while (::write(log_.second.get(), line.data(), line.size()) > 0) {
    }
    ASSERT_TRUE(common::set_nonblocking(log_.second.get(), false));
  }
  bool flushed(int timeout_ms) const {
    pollfd entry{supervisor_.second.get(), POLLIN, 0};
    return ::poll(&entry, 1, timeout_ms) == 1;
  }

  common::FdPair own_;
  common::FdPair others_;
  common::FdPair supervisor_;
  common::FdPair log_;
  std::thread thread_;
};

TEST_F(WriterTest, PassesLinesOn) {
  say(own_.second, "one\n");
  EXPECT_EQ(read(4), "one\n");
  say(others_.second, "two\n");
  EXPECT_EQ(read(4), "two\n");
}

TEST_F(WriterTest, TakesLinesWhileNobodyReadsTheLog) {
  fill_the_log();
  // Many times what the socket has room for.
  for (int i = 0; i < 5000; ++i) say(own_.second, "a line of the monitor\n");
  log_.first.reset();
}

TEST_F(WriterTest, EndsWhenThereIsNobodyToReadTheLog) {
  log_.first.reset();
  say(own_.second, "to nobody\n");
  say(own_.second, "to nobody\n");
}

TEST_F(WriterTest, GoesEasyOnALogThatCannotBeWritten) {
  log_.first.reset();
  say(own_.second, "to nobody\n");
  const auto used = [] { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; };
  const double before = used();
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_LT(used() - before, 0.25);
}

TEST_F(WriterTest, AnswersWhenTheLogCannotBeWritten) {
  log_.first.reset();
  say(own_.second, "to nobody\n");
  const ipc::Channel supervisor(common::Fd(::dup(supervisor_.second.get())));
  ASSERT_TRUE(supervisor.send(messages::FlushLog{}));
  EXPECT_TRUE(flushed(20'000));
}

TEST_F(WriterTest, DoesNotTakeAnEmptyPacketForTheEnd) {
  say(others_.second, "");
  say(others_.second, "still here\n");
  EXPECT_EQ(read(11), "still here\n");
}

TEST_F(WriterTest, OneWhoShutsTheOthersUpDoesNotSilenceTheMonitor) {
  ASSERT_EQ(::shutdown(others_.second.get(), SHUT_RDWR), 0);
  say(own_.second, "the monitor\n");
  EXPECT_EQ(read(12), "the monitor\n");
}

TEST_F(WriterTest, SaysWhenAllIsWritten) {
  fill_the_log();
  for (int i = 0; i < 100; ++i) say(own_.second, "last words\n");
  const ipc::Channel supervisor(common::Fd(::dup(supervisor_.second.get())));
  ASSERT_TRUE(supervisor.send(messages::FlushLog{}));
  EXPECT_FALSE(flushed(200));
  std::string text;
  while (!flushed(0)) text += read(512);
  const auto answer = supervisor.receive();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(ipc::decode<messages::LogFlushed>(*answer));
}

TEST_F(WriterTest, OutlivesTheSupervisor) {
  supervisor_.second.reset();
  own_.second.reset();
  say(others_.second, "a session\n");
  EXPECT_EQ(read(10), "a session\n");
}

}  // namespace
}  // namespace zomg::log_writer
