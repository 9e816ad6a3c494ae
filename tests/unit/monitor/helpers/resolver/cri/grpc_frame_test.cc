#include "monitor/helpers/resolver/cri/grpc_frame.h"

#include <gtest/gtest.h>

namespace zomg::resolver {
namespace {

using namespace std::string_literals;

TEST(GrpcFrame, PrefixesTheLengthBigEndian) {
  EXPECT_EQ(frame(std::string(0x0102, 'x')).substr(0, 5), "\0\0\0\1\2"s);
}

TEST(GrpcFrame, GivesBackWhatWasFramed) {
  for (const std::string& message : {""s, "a"s, std::string(70'000, '\0')}) {
    EXPECT_EQ(unframe(frame(message)).value(), message);
  }
}

TEST(GrpcFrame, RefusesWhatIsNotExactlyOneFrame) {
  const std::string whole = frame("message");
  EXPECT_FALSE(unframe(""));
  EXPECT_FALSE(unframe(whole.substr(0, 4)));
  EXPECT_FALSE(unframe(whole.substr(0, whole.size() - 1)));
  EXPECT_FALSE(unframe(whole + "x"));
  EXPECT_FALSE(unframe(whole + whole));
  EXPECT_FALSE(unframe("\0\xff\xff\xff\xffx"s));
}

TEST(GrpcFrame, RefusesCompression) {
  std::string compressed = frame("message");
  compressed[0] = 1;
  EXPECT_FALSE(unframe(compressed));
}

}  // namespace
}  // namespace zomg::resolver
