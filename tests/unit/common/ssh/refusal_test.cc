#include "common/ssh/refusal.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>

#include "common/base/fd.h"

namespace zomg::common {
namespace {

class Refusal : public testing::Test {
 protected:
  void SetUp() override {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    client_.reset(ends[0]);
    server_.reset(ends[1]);
  }

  Fd client_;
  Fd server_;
};

TEST_F(Refusal, IsOneLineThatBeginsAsSshds) {
  refuse_client(server_.get());
  server_.reset();
  std::array<char, 512> buffer{};
  const ssize_t got = ::read(client_.get(), buffer.data(), buffer.size());
  ASSERT_GT(got, 0);
  const std::string_view line(buffer.data(), static_cast<std::size_t>(got));
  EXPECT_TRUE(line.starts_with("Not allowed at this time"));
  // A longer one, with its end, no client has to understand.
  EXPECT_LE(line.size(), 255U);
  EXPECT_EQ(line.find("\r\n"), line.size() - 2);
}

TEST_F(Refusal, WaitsForNobodyWhoDoesNotRead) {
  const std::array<char, 4096> bytes{};
  while (::send(server_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT) > 0) {
  }
  refuse_client(server_.get());
}

TEST_F(Refusal, OfAClientThatHasGoneIsHarmless) {
  client_.reset();
  refuse_client(server_.get());
}

}  // namespace
}  // namespace zomg::common
