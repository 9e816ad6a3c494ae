#include "monitor/events/event_queue.h"

#include <gtest/gtest.h>

#include "common/base/limits.h"
#include "common/messages/event.h"

namespace zomg::monitor {
namespace {

class EventQueueTest : public testing::Test {
 protected:
  EventQueueTest() : EventQueueTest(common::make_packet_socketpair()) {}

  /// What the observer has been sent, until nothing more is there.
  std::vector<std::string> received() {
    std::vector<std::string> packets;
    while (auto packet = observer_.receive()) packets.push_back(std::move(packet->bytes));
    return packets;
  }

  EventQueue queue_;
  ipc::Channel monitor_;
  ipc::Channel observer_;

 private:
  explicit EventQueueTest(common::Result<common::FdPair> ends)
      : monitor_(std::move(ends->first)), observer_(std::move(ends->second)) {
    for (const int fd : {monitor_.fd(), observer_.fd()})
      EXPECT_TRUE(common::set_nonblocking(fd, true));
  }
};

TEST_F(EventQueueTest, KeepsTheOrder) {
  queue_.push("one", 1);
  queue_.push("two", 1);
  queue_.flush(monitor_, 1);
  EXPECT_TRUE(queue_.empty());
  EXPECT_EQ(received(), (std::vector<std::string>{"one", "two"}));
}

TEST_F(EventQueueTest, NeverBlocksAndKeepsWhatTheObserverDoesNotTake) {
  constexpr std::size_t kMany = 2000;
  for (std::size_t i = 0; i < kMany; ++i) queue_.push(std::string(500, 'x'), 1);
  queue_.flush(monitor_, 1);
  EXPECT_FALSE(queue_.empty());
  std::size_t count = 0;
  while (count < kMany) {
    const std::size_t more = received().size();
    ASSERT_GT(more, 0U);
    count += more;
    queue_.flush(monitor_, 1);
  }
  EXPECT_TRUE(queue_.empty());
}

TEST_F(EventQueueTest, SftpOperationsLeaveRoomForOtherEvents) {
  const std::string operation = *ipc::encode(messages::SftpOperation{});
  for (std::size_t i = 0; i < limits::kMaxQueuedEvents; ++i) queue_.push(operation, 1);
  queue_.push("other", 1);
  std::vector<std::string> all;
  while (!queue_.empty()) {
    queue_.flush(monitor_, 1);
    for (std::string& packet : received()) all.push_back(std::move(packet));
  }
  ASSERT_EQ(all.size(), limits::kMaxQueuedEvents / 2 + 2);
  const auto dropped = ipc::decode<messages::EventsDropped>(all[all.size() - 2]);
  ASSERT_TRUE(dropped);
  EXPECT_EQ(dropped->count, limits::kMaxQueuedEvents / 2);
  EXPECT_EQ(all.back(), "other");
}

TEST_F(EventQueueTest, CountsWhatItDropsAndTellsIt) {
  for (std::size_t i = 0; i < limits::kMaxQueuedEvents + 3; ++i) queue_.push("event", 5);
  // The first that comes after the gap, which is told of before it.
  std::size_t seen = 0;
  bool told = false;
  while (!queue_.empty()) {
    queue_.flush(monitor_, 9);
    for (const std::string& packet : received()) {
      const auto dropped = ipc::decode<messages::EventsDropped>(packet);
      if (!dropped) {
        ++seen;
        continue;
      }
      told = true;
      EXPECT_EQ(dropped->count, 3U);
      EXPECT_EQ(seen, limits::kMaxQueuedEvents);
    }
  }
  EXPECT_TRUE(told);
}

TEST_F(EventQueueTest, IsBoundedInBytesToo) {
  const std::string large(64 * 1024, 'x');
  for (int i = 0; i < 100; ++i) queue_.push(large, 1);
  std::size_t bytes = 0;
  while (!queue_.empty()) {
    queue_.flush(monitor_, 1);
    for (const std::string& packet : received()) bytes += packet.size();
  }
  EXPECT_LE(bytes, limits::kMaxQueuedEventBytes + 100);
}

TEST_F(EventQueueTest, WaitsForAnObserverThatIsAway) {
  observer_.close();
  queue_.push("kept", 1);
  queue_.flush(monitor_, 1);
  EXPECT_FALSE(queue_.empty());
  auto ends = common::make_packet_socketpair();
  queue_.flush(ipc::Channel(std::move(ends->first)), 1);
  observer_ = ipc::Channel(std::move(ends->second));
  EXPECT_EQ(observer_.receive()->bytes, "kept");
}

}  // namespace
}  // namespace zomg::monitor
