#include "sessiond/kubectl/output_filter.h"

#include <gtest/gtest.h>

namespace zomg::kubectl {
namespace {

const std::string kMark =
    "\x1e"
    "aaaa-bbbb";

using Stream = OutputFilter::Stream;

OutputFilter started(Stream stream = Stream::kError) {
  OutputFilter filter(kMark, stream);
  EXPECT_EQ(filter.take(kMark + " S\n"), "");
  EXPECT_TRUE(filter.started());
  return filter;
}

TEST(OutputFilter, ThrowsAwayWhatComesBeforeTheStart) {
  OutputFilter filter(kMark, Stream::kTerminal);
  EXPECT_EQ(filter.take("aaaa\r\nbbbb\r\nEPATH=x\r\n"), "");
  EXPECT_FALSE(filter.started());
  EXPECT_EQ(filter.take("more\r\n" + kMark + " S\r\n$ "), "$ ");
  EXPECT_TRUE(filter.started());
  EXPECT_EQ(filter.complaint(), "");
}

TEST(OutputFilter, TellsWhoLeadsTheSession) {
  OutputFilter filter(kMark, Stream::kError);
  filter.take(kMark + " S 123 4567890\n" + kMark + " S 1 2\n");
  EXPECT_EQ(filter.leader(), "123");
  EXPECT_EQ(filter.leader_started(), "4567890");
  for (const char* wrong : {"S", "S ", "S 1", "S x 2", "S 1 -2", "S 1 2 3", "S 1 "}) {
    OutputFilter other(kMark, Stream::kError);
    other.take(kMark + " " + wrong + "\n");
    EXPECT_TRUE(other.started()) << wrong;
    EXPECT_EQ(other.leader() + other.leader_started(), "") << wrong;
  }
}

TEST(OutputFilter, TakesOutWhatKubectlLogs) {
  OutputFilter filter(kMark, Stream::kError);
  filter.set_kubectl(1234);
  const std::string line = "E1128 10:02:03.123456    1234 v2.go:130] closed\n";
  EXPECT_EQ(filter.take(kMark.substr(0, 4) + line + kMark.substr(4) + " S 1 2\nour line\n"),
            "our line\n");
  EXPECT_EQ(filter.take(line), "");
  EXPECT_EQ(filter.take("E1128 10:02:0"), "");
  EXPECT_TRUE(filter.holds_back());
  EXPECT_EQ(filter.release(), "E1128 10:02:0");
  EXPECT_EQ(filter.complaint(), line);
}

TEST(OutputFilter, KeepsWhatKubectlSaysInsteadOfAStart) {
  OutputFilter filter(kMark, Stream::kError);
  EXPECT_EQ(filter.take("Error from server (NotFound)\n"), "");
  EXPECT_EQ(filter.finish(), "");
  EXPECT_EQ(filter.complaint(), "Error from server (NotFound)\n");
}

TEST(OutputFilter, TakesTheStatusOutWhereverItIs) {
  OutputFilter filter = started();
  EXPECT_EQ(filter.take("no line end" + kMark + " E 42\nlate"), "no line endlate");
  ASSERT_TRUE(filter.status());
  EXPECT_EQ(*filter.status(), 42);
  EXPECT_EQ(filter.finish(), "");
}

TEST(OutputFilter, PutsAWordTogetherFromSingleBytes) {
  OutputFilter filter = started(Stream::kTerminal);
  std::string out;
  for (const char c : "x\x1e" + kMark + " E 7\r\ny") out += filter.take({&c, 1});
  EXPECT_EQ(out, "x\x1ey");
  EXPECT_EQ(filter.status().value_or(-1), 7);
}

TEST(OutputFilter, PassesEveryByteThatIsNoWord) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  OutputFilter filter = started(Stream::kTerminal);
  std::string out;
  for (const std::string& bytes : {all, kMark.substr(0, 5), std::string("!"), kMark.substr(0, 3)}) {
    out += filter.take(bytes);
  }
  out += filter.finish();
  EXPECT_EQ(out, all + kMark.substr(0, 5) + "!" + kMark.substr(0, 3));
  EXPECT_FALSE(filter.status());
}

TEST(OutputFilter, TakesNoStatusOfAnotherMark) {
  OutputFilter filter = started();
  const std::string forged =
      "\x1e"
      "aaaa-bbbc E 0\n";
  EXPECT_EQ(filter.take(forged), forged);
  EXPECT_FALSE(filter.status());
}

TEST(OutputFilter, TakesOnlyTheFirstStatusAndOnlyAProperOne) {
  for (const char* wrong : {"E", "E ", "E x", "E -1", "E 256", "E 1 2", "E 99999999999", "X 1"}) {
    OutputFilter filter = started();
    filter.take(kMark + " " + wrong + "\n");
    EXPECT_FALSE(filter.status()) << wrong;
  }
  OutputFilter filter = started();
  filter.take(kMark + " E 1\n" + kMark + " E 2\n");
  EXPECT_EQ(filter.status().value_or(-1), 1);
}

TEST(OutputFilter, TellsWhoHoldsAnOutput) {
  OutputFilter filter = started();
  filter.take(kMark + " E 3\n");
  EXPECT_FALSE(filter.held());
  OutputFilter other = started();
  other.take(kMark + " E 3 held\n");
  EXPECT_EQ(other.status().value_or(-1), 3);
  EXPECT_TRUE(other.held());
}

TEST(OutputFilter, TellsTheLastOfTheOutput) {
  OutputFilter filter(kMark, Stream::kOutput);
  EXPECT_EQ(filter.take("error: theirs\n"), "error: theirs\n");
  EXPECT_FALSE(filter.closed());
  EXPECT_EQ(filter.take("no line end" + kMark + " Z\n"), "no line end");
  EXPECT_TRUE(filter.closed());
  EXPECT_FALSE(filter.ended());
}

TEST(OutputFilter, TellsWhyNothingWasStarted) {
  OutputFilter filter(kMark, Stream::kError);
  filter.take(kMark + " F sftp\n");
  EXPECT_TRUE(filter.ended());
  EXPECT_EQ(filter.reason(), "sftp");
}

TEST(OutputFilter, DoesNotWaitForEverForALineEnd) {
  OutputFilter filter = started();
  EXPECT_EQ(filter.take(kMark + std::string(100, 'x')), "");
  EXPECT_EQ(filter.take("after"), "after");
}

TEST(OutputFilter, KeepsKubectlsLastLineFromTheUser) {
  for (const char* last : {"command terminated with exit code 137\n", "error: lost connection\n",
                           "Error from server: no\n"}) {
    OutputFilter filter = started();
    EXPECT_EQ(filter.take(std::string("theirs\n") + last), "theirs\n");
    EXPECT_TRUE(filter.holds_back());
    EXPECT_EQ(filter.finish(), "");
    EXPECT_EQ(filter.complaint(), last);
  }
}

TEST(OutputFilter, GivesBackALineThatOnlyLookedLikeIt) {
  OutputFilter filter = started();
  EXPECT_EQ(filter.take("error: mine\n"), "");
  EXPECT_EQ(filter.take("and more\n"), "error: mine\nand more\n");
  EXPECT_EQ(filter.take("error: waiting"), "");
  EXPECT_EQ(filter.release(), "error: waiting");
  EXPECT_EQ(filter.take(" error: middle\n"), " error: middle\n");
  EXPECT_EQ(filter.finish(), "");
}

TEST(OutputFilter, KeepsNoLongLineBack) {
  OutputFilter filter = started();
  const std::string piece(64 * 1024, 'x');
  std::string said = filter.take("error: ");
  for (int i = 0; i < 16; ++i) said += filter.take(piece);
  EXPECT_EQ(said.size(), 7 + 16 * piece.size());
  EXPECT_TRUE(said.starts_with("error: x"));
  EXPECT_EQ(filter.take(" error: y"), " error: y");
  EXPECT_EQ(filter.take("\nerror: z"), "\n");
}

TEST(OutputFilter, KeepsNothingBackFromATerminal) {
  OutputFilter filter = started(Stream::kTerminal);
  EXPECT_EQ(filter.take("error: mine\n"), "error: mine\n");
}

}  // namespace
}  // namespace zomg::kubectl
