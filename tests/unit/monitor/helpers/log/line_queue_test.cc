#include "monitor/helpers/log/line_queue.h"

#include <gtest/gtest.h>

namespace zomg::log_writer {
namespace {

constexpr std::size_t kMebibyte = 1024 * 1024;

std::string take(LineQueue& queue) {
  std::string line(queue.front());
  queue.consume(line.size());
  return line;
}

TEST(LineQueue, KeepsTheOrder) {
  LineQueue queue;
  queue.push(Voice::kOwn, "a\n");
  queue.push(Voice::kOthers, "b\n");
  EXPECT_EQ(take(queue), "a\n");
  EXPECT_EQ(take(queue), "b\n");
  EXPECT_TRUE(queue.empty());
}

TEST(LineQueue, GoesOnWithWhatWasHalfWritten) {
  LineQueue queue;
  queue.push(Voice::kOwn, "abc\n");
  queue.consume(1);
  EXPECT_EQ(queue.front(), "bc\n");
}

TEST(LineQueue, IsBoundedAndSaysWhatWasLost) {
  LineQueue queue;
  const std::string line(kMebibyte, 'x');
  for (int i = 0; i < 7; ++i) queue.push(Voice::kOwn, line);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(take(queue), line);
  ASSERT_FALSE(queue.empty());
  EXPECT_NE(take(queue).find(": 3 lines of the log were lost"), std::string::npos);
  EXPECT_TRUE(queue.empty());
}

TEST(LineQueue, SaysWhatWasLostBeforeItIsEmptyToo) {
  LineQueue queue;
  const std::string line(kMebibyte, 'x');
  for (int i = 0; i < 5; ++i) queue.push(Voice::kOwn, line);
  for (int i = 0; i < 4; ++i) take(queue);
  queue.push(Voice::kOwn, "later\n");
  EXPECT_NE(take(queue).find(": 1 lines of the log were lost"), std::string::npos);
  EXPECT_EQ(take(queue), "later\n");
}

TEST(LineQueue, LeavesHalfOfTheRoomToTheMonitor) {
  LineQueue queue;
  const std::string line(kMebibyte, 'x');
  for (int i = 0; i < 5; ++i) queue.push(Voice::kOthers, line);
  queue.push(Voice::kOwn, "mine\n");
  for (int i = 0; i < 2; ++i) take(queue);
  EXPECT_EQ(take(queue), "mine\n");
}

TEST(LineQueue, CountsWhatCannotBeWritten) {
  LineQueue queue;
  queue.push(Voice::kOwn, "a\n");
  queue.lose_front();
  EXPECT_NE(take(queue).find(": 1 lines of the log were lost"), std::string::npos);
}

}  // namespace
}  // namespace zomg::log_writer
