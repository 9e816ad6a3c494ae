#include "common/ipc/channel.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/limits.h"
#include "common/messages/connection.h"
#include "common/messages/session.h"

namespace zomg {
namespace {

struct Ends {
  ipc::Channel ours;
  ipc::Channel theirs;
};

Ends make_channel() {
  auto pair = common::make_packet_socketpair();
  return {ipc::Channel(std::move(pair->first)), ipc::Channel(std::move(pair->second))};
}

TEST(Channel, CarriesAMessageAndADescriptor) {
  const Ends ends = make_channel();
  auto pipe = common::make_pipe();
  ASSERT_TRUE(ends.ours.send(messages::SessionOpened{}, {pipe->second.get()}));
  std::vector<common::Fd> fds;
  ASSERT_TRUE(ends.theirs.receive_message<messages::SessionOpened>(&fds));
  ASSERT_EQ(fds.size(), 1U);
  ASSERT_EQ(::write(fds[0].get(), "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(::read(pipe->first.get(), &byte, 1), 1);
  EXPECT_EQ(byte, 'x');
}

TEST(Channel, RefusesADescriptorWhereNoneBelongs) {
  const Ends ends = make_channel();
  ASSERT_TRUE(ends.ours.send_packet(*ipc::encode(messages::KeyChecked{}), {STDIN_FILENO}));
  EXPECT_FALSE(ends.theirs.receive_message<messages::KeyChecked>());
}

TEST(Channel, RefusesAMessageWithoutItsDescriptor) {
  const Ends ends = make_channel();
  ASSERT_TRUE(ends.ours.send_packet(*ipc::encode(messages::SessionOpened{})));
  std::vector<common::Fd> fds;
  EXPECT_FALSE(ends.theirs.receive_message<messages::SessionOpened>(&fds));
}

TEST(Channel, TheFieldsOfAMessageSayHowManyDescriptorsItHas) {
  const Ends ends = make_channel();
  for (const bool terminal : {true, false}) {
    ASSERT_TRUE(
        ends.ours.send_packet(*ipc::encode(messages::SessionReady{terminal}), {STDIN_FILENO}));
    EXPECT_EQ(ends.theirs.receive_message<messages::SessionReady>().has_value(), terminal);
  }
}

TEST(ChannelDeathTest, SendsNoMessageWithAnotherNumberOfDescriptors) {
  const Ends ends = make_channel();
  EXPECT_DEATH((void)ends.ours.send(messages::SessionOpened{}).has_value(), "");
}

TEST(Channel, RefusesMoreDescriptorsThanTheBoundAndLeaksNone) {
  const Ends ends = make_channel();
  constexpr std::size_t kCount = limits::kMaxPacketFds + 1;
  union {
    cmsghdr alignment;
    char bytes[CMSG_SPACE(sizeof(int) * kCount)];
  } control{};
  char byte = 'x';
  iovec part{&byte, 1};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.bytes;
  header.msg_controllen = sizeof(control.bytes);
  cmsghdr* cmsg = CMSG_FIRSTHDR(&header);
  cmsg->cmsg_level = SOL_SOCKET;
  cmsg->cmsg_type = SCM_RIGHTS;
  cmsg->cmsg_len = CMSG_LEN(sizeof(int) * kCount);
  for (std::size_t i = 0; i < kCount; ++i) {
    const int fd = STDIN_FILENO;
    std::memcpy(CMSG_DATA(cmsg) + i * sizeof(int), &fd, sizeof(int));
  }
  const int lowest_free = ::dup(STDIN_FILENO);
  ::close(lowest_free);
  ASSERT_EQ(::sendmsg(ends.ours.fd(), &header, 0), 1);
  EXPECT_FALSE(ends.theirs.receive());
  const int lowest_free_after = ::dup(STDIN_FILENO);
  ::close(lowest_free_after);
  EXPECT_EQ(lowest_free, lowest_free_after);
}

TEST(Channel, RefusesAPacketOverTheBound) {
  const Ends ends = make_channel();
  const std::string packet(limits::kMaxPacketBytes + 1, 'x');
  ASSERT_EQ(::send(ends.ours.fd(), packet.data(), packet.size(), 0),
            static_cast<ssize_t>(packet.size()));
  const auto received = ends.theirs.receive();
  ASSERT_FALSE(received);
  EXPECT_EQ(received.error().errno_value, EMSGSIZE);
}

TEST(Channel, CarriesTheLongestCommand) {
  const Ends ends = make_channel();
  messages::OpenSession request;
  request.command.value.assign(limits::kMaxCommandBytes, 'x');
  ASSERT_TRUE(ends.ours.send(request));
  const auto received = ends.theirs.receive_message<messages::OpenSession>();
  ASSERT_TRUE(received);
  EXPECT_EQ(received->command.value.size(), limits::kMaxCommandBytes);
}

TEST(Channel, AClosedPeerIsAnErrorToSendAndAnEmptyPacketToReceive) {
  Ends ends = make_channel();
  ends.theirs.close();
  EXPECT_FALSE(ends.ours.send(messages::KeyChecked{}));
  const auto packet = ends.ours.receive();
  ASSERT_TRUE(packet);
  EXPECT_TRUE(packet->closed());
}

}  // namespace
}  // namespace zomg
