#include "monitor/helpers/keyring/state_files.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>

#include "common/base/child.h"

namespace zomg::keyring {
namespace {

common::Fd make_file() {
  common::Fd file(::memfd_create("state", MFD_CLOEXEC));
  EXPECT_TRUE(file);
  return file;
}

common::Fd copy(int fd) {
  return common::Fd(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
}

State state_of(std::uint64_t number, std::size_t users = 1) {
  SavedUser user;
  user.confirmed_at = number;
  user.keys.value.emplace_back(std::string(500, static_cast<char>('a' + number % 26)));
  State state;
  state.users.value.assign(users, user);
  return state;
}

std::uint64_t number_of(const State& state) {
  return state.users.value.empty() ? 0 : state.users.value[0].confirmed_at;
}

class StateFilesTest : public testing::Test {
 protected:
  /// What a process that starts now finds.
  State found() const { return StateFiles(copy(first_.get()), copy(second_.get())).load(); }

  common::Fd first_ = make_file();
  common::Fd second_ = make_file();
  StateFiles files_{copy(first_.get()), copy(second_.get())};
};

TEST_F(StateFilesTest, AreEmptyAtFirst) {
  EXPECT_EQ(files_.load(), State{});
  EXPECT_EQ(StateFiles().load(), State{});
}

TEST_F(StateFilesTest, HoldWhatWasSavedLast) {
  for (std::uint64_t number = 1; number < 6; ++number) {
    ASSERT_TRUE(files_.save(state_of(number, 10 - number)));
    EXPECT_EQ(number_of(found()), number);
    EXPECT_EQ(found().sequence, number);
  }
}

TEST_F(StateFilesTest, LoseNothingToAWriteThatBrokeOffAtAnyByte) {
  ASSERT_TRUE(files_.save(state_of(1)));
  ASSERT_TRUE(files_.save(state_of(2)));
  // The next save would go over the first file.
  State next = state_of(3);
  next.sequence = 3;
  const std::string content = encode_state(next).value();
  for (std::size_t size = 0; size < content.size(); ++size) {
    ASSERT_EQ(::pwrite(first_.get(), content.data(), size, 0), static_cast<ssize_t>(size));
    ASSERT_EQ(number_of(found()), 2U) << size;
  }
  ASSERT_TRUE(files_.save(state_of(4)));
  EXPECT_EQ(number_of(found()), 4U);
}

TEST_F(StateFilesTest, AreNeverWrittenWhereTheNewestStateIs) {
  const auto content = [](int fd) {
    std::string bytes(1 << 20, '\0');
    const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), 0);
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    return bytes;
  };
  ASSERT_TRUE(files_.save(state_of(1)));
  for (std::uint64_t number = 2; number < 8; ++number) {
    const std::string first = content(first_.get());
    const std::string second = content(second_.get());
    const bool newest_is_first = number % 2 == 0;
    ASSERT_TRUE(files_.save(state_of(number)));
    EXPECT_EQ(content(first_.get()) == first, newest_is_first) << number;
    EXPECT_EQ(content(second_.get()) == second, !newest_is_first) << number;
  }
}

TEST_F(StateFilesTest, LoseNothingToAKillInTheMiddleOfWriting) {
  // How far the writer came, in memory that outlives it.
  auto* saved = static_cast<std::atomic<std::uint64_t>*>(
      ::mmap(nullptr, sizeof(std::atomic<std::uint64_t>), PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(saved, MAP_FAILED);
  std::mt19937 random(4252);
  for (int round = 0; round < 60; ++round) {
    const std::uint64_t before = *saved;
    auto child = common::fork_child().value();
    if (!child) {
      for (std::uint64_t number = before + 1;; ++number) {
        // 0.5 MiB, more and less, so that a kill finds a write under way.
        if (!files_.save(state_of(number, 700 + number % 300))) ::_exit(1);
        *saved = number;
      }
    }
    while (*saved == before) std::this_thread::yield();
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 5000));
    child.kill(SIGKILL);
    EXPECT_EQ(child.wait().value().signal, SIGKILL);
    const State state = found();
    EXPECT_GE(number_of(state), *saved);
    EXPECT_LE(number_of(state), *saved + 1);
    EXPECT_EQ(state.users.value.size(), 700 + number_of(state) % 300);
    *saved = number_of(state);
  }
  ::munmap(saved, sizeof(*saved));
}

TEST_F(StateFilesTest, WithGarbageInBothAreAsEmpty) {
  ASSERT_EQ(::pwrite(first_.get(), "garbage", 7, 0), 7);
  ASSERT_EQ(::pwrite(second_.get(), "garbage", 7, 0), 7);
  EXPECT_EQ(found(), State{});
  ASSERT_TRUE(files_.save(state_of(1)));
  EXPECT_EQ(number_of(found()), 1U);
}

TEST_F(StateFilesTest, AreWrittenByOneProcessAtATime) {
  auto done = common::make_pipe().value();
  auto child = common::fork_child().value();
  if (!child) {
    struct flock lock {};
    lock.l_type = F_WRLCK;
    ::fcntl(first_.get(), F_SETLK, &lock);
    [[maybe_unused]] const ssize_t said = ::write(done.second.get(), "x", 1);
    ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(done.first.get(), &byte, 1), 1);
  EXPECT_FALSE(files_.save(state_of(1)));
  child.kill(SIGKILL);
  ASSERT_TRUE(child.wait());
  EXPECT_TRUE(files_.save(state_of(1)));
}

}  // namespace
}  // namespace zomg::keyring
