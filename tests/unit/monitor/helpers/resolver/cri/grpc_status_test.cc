#include "monitor/helpers/resolver/cri/grpc_status.h"

#include <gtest/gtest.h>

#include <initializer_list>

#include "common/base/limits.h"

namespace zomg::resolver {
namespace {

GrpcStatus after(std::initializer_list<std::string_view> lines) {
  GrpcStatus status;
  for (const std::string_view line : lines) EXPECT_TRUE(status.add_line(line));
  return status;
}

std::string message_of(const GrpcStatus& status) {
  const auto outcome = status.outcome();
  return outcome ? "success" : outcome.error().message;
}

TEST(GrpcStatus, IsSuccessFromHeadersAndTrailers) {
  EXPECT_EQ(message_of(after({"HTTP/2 200 \r\n", "content-type: application/grpc\r\n", "\r\n",
                              "grpc-status: 0\r\n", "grpc-message: \r\n", "\r\n"})),
            "success");
}

TEST(GrpcStatus, ReadsATrailersOnlyAnswer) {
  const GrpcStatus status =
      after({"HTTP/2 200 \r\n", "content-type: application/grpc\r\n", "grpc-status: 12\r\n",
             "grpc-message: unknown service a%2Fb%0a\r\n", "\r\n"});
  EXPECT_EQ(message_of(status), R"(UNIMPLEMENTED: "unknown service a/b\x0a")");
  EXPECT_EQ(status.outcome().error().errno_value, 0);
}

TEST(GrpcStatus, TellsWhatIsGoneByErrno) {
  const GrpcStatus status =
      after({"HTTP/2 200 \r\n", "content-type: application/grpc\r\n", "grpc-status: 5\r\n"});
  EXPECT_EQ(status.outcome().error().errno_value, ENOENT);
}

TEST(GrpcStatus, IsAnErrorWithoutAStatus) {
  EXPECT_EQ(message_of(after({"HTTP/2 200 \r\n", "content-type: application/grpc\r\n"})),
            "the answer ended without a gRPC status");
}

TEST(GrpcStatus, IsAnErrorForWhatIsNotGrpc) {
  EXPECT_EQ(message_of(after({"HTTP/2 404 \r\n", "grpc-status: 0\r\n"})), "HTTP status 404");
  EXPECT_NE(
      message_of(after({"HTTP/2 200 \r\n", "content-type: text/html\r\n", "grpc-status: 0\r\n"})),
      "success");
  for (const std::string_view line : {"HTTP/", "HTTP/2", ""}) {
    EXPECT_NE(message_of(after({line})), "success");
  }
}

TEST(GrpcStatus, RefusesNumbersThatAreNoStatus) {
  for (const std::string_view line :
       {"grpc-status: \r\n", "grpc-status: -1\r\n", "grpc-status: 17\r\n", "grpc-status: 0x0\r\n",
        "grpc-status: 99999999999999999999\r\n", "grpc-status: 0 0\r\n"}) {
    EXPECT_NE(message_of(after({"HTTP/2 200 \r\n", "content-type: application/grpc\r\n", line})),
              "success")
        << line;
  }
}

TEST(GrpcStatus, BoundsTheLines) {
  GrpcStatus status;
  EXPECT_TRUE(status.add_line(std::string(limits::kMaxGrpcHeaderBytes, 'x')));
  EXPECT_FALSE(status.add_line("x"));
}

TEST(PercentDecoded, LeavesWhatIsNoEscape) {
  EXPECT_EQ(percent_decoded("%41%zz%4%%42%"), "A%zz%4%B%");
  EXPECT_EQ(percent_decoded("%-1%+1% 1"), "%-1%+1% 1");
}

}  // namespace
}  // namespace zomg::resolver
