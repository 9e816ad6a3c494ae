#include "monitor/helpers/resolver/cri/grpc_call.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>
#include <thread>

#include "common/base/fd.h"

namespace zomg::resolver {
namespace {

/// Answers one connection with `bytes`, whatever was asked, and closes it.
class OneAnswer {
 public:
  explicit OneAnswer(std::string bytes)
      : path_(testing::TempDir() + "grpc-call-" + std::to_string(::getpid())),
        listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    ::unlink(path_.c_str());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof(address.sun_path) - 1);
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::listen(listener_.get(), 1), 0);
    thread_ = std::thread([this, bytes = std::move(bytes)] {
      const common::Fd peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
      char buffer[4096];
      EXPECT_GT(::read(peer.get(), buffer, sizeof(buffer)), 0);
      EXPECT_EQ(::write(peer.get(), bytes.data(), bytes.size()), std::ssize(bytes));
    });
  }
  ~OneAnswer() {
    thread_.join();
    ::unlink(path_.c_str());
  }
  OneAnswer(const OneAnswer&) = delete;
  OneAnswer& operator=(const OneAnswer&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
  common::Fd listener_;
  std::thread thread_;
};

TEST(GrpcCall, NamesASocketThatIsNotThere) {
  ASSERT_TRUE(load_curl());
  const auto answer = GrpcServer("/nowhere/socket").call("package.Service/Method", "");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "connect: No such file or directory");
  // ENOENT would say that the server answered NOT_FOUND.
  EXPECT_EQ(answer.error().errno_value, 0);
}

TEST(GrpcCall, IsAnErrorWhenTheServerSpeaksAnotherProtocol) {
  ASSERT_TRUE(load_curl());
  for (const std::string_view bytes : {"", "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"}) {
    const OneAnswer server{std::string(bytes)};
    EXPECT_FALSE(GrpcServer(server.path()).call("package.Service/Method", "request"));
  }
}

}  // namespace
}  // namespace zomg::resolver
