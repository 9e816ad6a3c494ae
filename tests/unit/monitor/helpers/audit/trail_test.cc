#include "monitor/helpers/audit/trail.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "common/ipc/shelf.h"
#include "common/messages/event.h"

namespace zomg::audit {
namespace {

class TrailTest : public testing::Test {
 protected:
  template <ipc::Message M>
  static ipc::Packet packet(const M& message, common::Fd fd = {}) {
    ipc::Packet made{*ipc::encode(message), {}};
    if (fd) {
      auto shelf = ipc::Shelf::of({fd.get()});
      made.fds.emplace_back(::dup(shelf->fd()));
    }
    return made;
  }
  static std::string hear(const common::Fd& fd) {
    std::string text(4096, '\0');
    const ssize_t got = ::read(fd.get(), text.data(), text.size());
    text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    return text;
  }

  Trail trail_;
};

TEST_F(TrailTest, WritesALineAnEvent) {
  auto pipe = common::make_pipe();
  ASSERT_TRUE(trail_.handle(packet(messages::AuditOutput{}, std::move(pipe->second))));
  ASSERT_TRUE(trail_.handle(packet(messages::EventsDropped{{}, 1})));
  ASSERT_TRUE(trail_.handle(packet(messages::EventsDropped{{}, 2})));
  const std::string text = hear(pipe->first);
  EXPECT_NE(text.find("\"count\":1}\n{"), std::string::npos);
  EXPECT_TRUE(text.ends_with("\"count\":2}\n"));
}

TEST_F(TrailTest, ANewOutputTakesOver) {
  auto before = common::make_pipe();
  auto after = common::make_pipe();
  ASSERT_TRUE(trail_.handle(packet(messages::AuditOutput{}, std::move(before->second))));
  ASSERT_TRUE(trail_.handle(packet(messages::AuditOutput{}, std::move(after->second))));
  ASSERT_TRUE(trail_.handle(packet(messages::EventsDropped{{}, 1})));
  EXPECT_EQ(hear(before->first), "");
  EXPECT_NE(hear(after->first), "");
}

TEST_F(TrailTest, GoesOnWhenTheOutputCannotBeWritten) {
  auto pipe = common::make_pipe();
  ASSERT_TRUE(trail_.handle(packet(messages::AuditOutput{}, std::move(pipe->first))));
  EXPECT_TRUE(trail_.handle(packet(messages::EventsDropped{{}, 1})));
}

TEST_F(TrailTest, RefusesWhatIsNoEvent) {
  EXPECT_FALSE(trail_.handle({"", {}}));
  EXPECT_FALSE(trail_.handle(packet(messages::ObserverSettings{})));
  EXPECT_FALSE(trail_.handle(packet(messages::AuditOutput{})));
  auto pipe = common::make_pipe();
  EXPECT_FALSE(trail_.handle(packet(messages::EventsDropped{}, std::move(pipe->second))));
  auto longer = packet(messages::EventsDropped{});
  longer.bytes += 'x';
  EXPECT_FALSE(trail_.handle(std::move(longer)));
}

}  // namespace
}  // namespace zomg::audit
