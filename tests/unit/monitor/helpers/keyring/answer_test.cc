#include "monitor/helpers/keyring/answer.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace zomg::keyring {
namespace {

using messages::FetchFailure;

constexpr std::string_view kKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEa+JESGZBIXSarqkem4yiGA1TVLeITpCtq0gdrGBDpA\n";

Answer answer(long status, std::string_view body = "") {
  Answer made;
  made.status = status;
  made.body = body;
  return made;
}

TEST(Verdict, A200WithKeysTellsThem) {
  const Verdict verdict = judge(answer(200, kKey), false);
  EXPECT_EQ(verdict.kind, Verdict::Kind::kKeys);
  EXPECT_EQ(verdict.keys.value.size(), 1U);
}

TEST(Verdict, AnEmpty200AndA404TellThatThereAreNone) {
  for (const Answer& none : {answer(200), answer(404, "Not Found")}) {
    const Verdict verdict = judge(none, true);
    EXPECT_EQ(verdict.kind, Verdict::Kind::kKeys);
    EXPECT_TRUE(verdict.keys.value.empty());
  }
}

TEST(Verdict, A304CountsOnlyWhenItWasAskedFor) {
  EXPECT_EQ(judge(answer(304), true).kind, Verdict::Kind::kUnchanged);
  EXPECT_EQ(judge(answer(304), false).kind, Verdict::Kind::kFailed);
}

TEST(Verdict, AllElseTellsNothing) {
  for (const long status : {0L, 100L, 201L, 204L, 206L, 301L, 302L, 307L, 308L, 400L, 401L, 403L,
                            410L, 500L, 502L, 503L, 999L}) {
    const Verdict verdict = judge(answer(status, kKey), true);
    EXPECT_EQ(verdict.kind, Verdict::Kind::kFailed) << status;
    EXPECT_EQ(verdict.failure, FetchFailure::kStatus) << status;
  }
  EXPECT_EQ(judge(answer(429, kKey), true).failure, FetchFailure::kThrottled);
  EXPECT_EQ(judge(answer(200, "<html>"), true).failure, FetchFailure::kNoKeys);
}

TEST(Verdict, OfABrokenTransferIsTheTransfersFailure) {
  Answer broken = answer(200, kKey);
  broken.failure = FetchFailure::kNetwork;
  EXPECT_EQ(judge(broken, false).kind, Verdict::Kind::kFailed);
}

std::string etag_of(std::initializer_list<std::string_view> lines) {
  Answer made;
  for (const std::string_view line : lines) take_header_line(line, made);
  return made.etag;
}

TEST(HeaderLine, AnEntityTagIsTakenAsItIs) {
  EXPECT_EQ(etag_of({"HTTP/1.1 200 OK\r\n", "ETag: W/\"abc\"\r\n", "\r\n"}), "W/\"abc\"");
  EXPECT_EQ(etag_of({"etag:\"abc\""}), "\"abc\"");
  EXPECT_EQ(etag_of({"X-ETag: \"abc\"\r\n"}), "");
}

TEST(HeaderLine, AnInterimAnswersEntityTagIsNotTheAnswers) {
  EXPECT_EQ(etag_of({"HTTP/1.1 103 Early Hints\r\n", "ETag: \"early\"\r\n", "\r\n",
                     "HTTP/1.1 200 OK\r\n", "\r\n"}),
            "");
}

TEST(HeaderLine, AnUnusableEntityTagIsNone) {
  EXPECT_EQ(etag_of({"ETag: \"a b\"\r\n"}), "");
  EXPECT_EQ(etag_of({"ETag: \"\x01\"\r\n"}), "");
  EXPECT_EQ(etag_of({"ETag: \"a\r\nX: b\"\r\n"}), "");
  EXPECT_EQ(etag_of({"ETag: " + std::string(limits::kMaxEtagBytes + 1, 'x') + "\r\n"}), "");
}

}  // namespace
}  // namespace zomg::keyring
