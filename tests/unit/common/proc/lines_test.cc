#include "common/proc/lines.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "tests/unit/file_of.h"

namespace zomg::common {
namespace {

using testing::ElementsAre;

std::vector<std::string> lines_of(const std::string& content) {
  const Fd file = file_of(content);
  std::vector<std::string> lines;
  EXPECT_TRUE(for_each_line(file.get(), [&lines](std::string_view line) {
    lines.emplace_back(line);
    return true;
  }));
  return lines;
}

TEST(Lines, AreWithoutTheirEnds) {
  EXPECT_THAT(lines_of("one\n\nthree\n"), ElementsAre("one", "", "three"));
  EXPECT_THAT(lines_of("one\nunended"), ElementsAre("one", "unended"));
  EXPECT_THAT(lines_of(""), ElementsAre());
}

TEST(Lines, AreWholeWhereverAReadEnds) {
  const std::string first(65'535, 'a');
  const std::string second(40'000, 'b');
  EXPECT_THAT(lines_of(first + "\n" + second + "\nlast\n"), ElementsAre(first, second, "last"));
}

TEST(Lines, ThatAreTooLongArePassedOver) {
  const std::string longest(65'536, 'a');
  EXPECT_THAT(lines_of(longest + "\n" + longest + "a\nlast\n"), ElementsAre(longest, "last"));
  EXPECT_THAT(lines_of("first\n" + std::string(300'000, 'a') + "\nlast\n"),
              ElementsAre("first", "last"));
  EXPECT_THAT(lines_of("first\n" + std::string(300'000, 'a')), ElementsAre("first"));
}

TEST(Lines, EndWhereTheirReaderHasSeenEnough) {
  const Fd file = file_of("one\ntwo\n");
  int seen = 0;
  EXPECT_TRUE(for_each_line(file.get(), [&seen](std::string_view) {
    ++seen;
    return false;
  }));
  EXPECT_EQ(seen, 1);
}

TEST(Lines, WithoutAnEndAreAnError) {
  const Fd zeros(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  EXPECT_FALSE(for_each_line(zeros.get(), [](std::string_view) { return true; }));
}

}  // namespace
}  // namespace zomg::common
