#include "common/base/failure.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace zomg::common {
namespace {

constexpr std::size_t kMaxSentenceBytes = 120;

std::size_t count_of_sentences(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '.' && (i + 1 == text.size() || text[i + 1] == ' ')) ++count;
  }
  return count;
}

bool is_one_sentence(std::string_view text) {
  const bool printable =
      std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  return printable && text.size() <= kMaxSentenceBytes && text.ends_with('.') &&
         text.front() >= 'A' && text.front() <= 'Z' && count_of_sentences(text) == 1;
}

TEST(Failures, EachHasASentenceOnWhatHappenedAndOneOnWhatToDo) {
  for (auto i = 1U; i <= static_cast<unsigned>(Failure::kMaxValue); ++i) {
    const auto failure = static_cast<Failure>(i);
    EXPECT_TRUE(is_one_sentence(happening(failure))) << i << ": " << happening(failure);
    EXPECT_TRUE(is_one_sentence(remedy(failure))) << i << ": " << remedy(failure);
  }
}

TEST(Failures, AreToldWithBothSentencesInOneLine) {
  EXPECT_EQ(sentence(Failure::kBoxStopped), "The box was stopped. Connect again when it runs.");
  EXPECT_EQ(sentence(Failure::kNoSuchBox).find('\n'), std::string::npos);
}

TEST(Failures, EndWithTheStatusOfAShellWhereAProgramIsMissing) {
  EXPECT_EQ(exit_status(Failure::kNoShell), 127U);
  EXPECT_EQ(exit_status(Failure::kNoSftpServer), 127U);
  EXPECT_EQ(exit_status(Failure::kNoSuchBox), 255U);
}

}  // namespace
}  // namespace zomg::common
