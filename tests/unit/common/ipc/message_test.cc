#include "common/ipc/message.h"

#include <gtest/gtest.h>

#include "common/messages/session.h"

namespace zomg {
namespace {

using messages::Endpoint;
using messages::OpenSession;
using messages::SessionKind;
using messages::SessionPlan;

SessionPlan sample_plan() {
  SessionPlan plan;
  plan.kind = SessionKind::kExec;
  plan.command = std::string_view("echo \xff");
  plan.terminal = true;
  plan.environment.value.push_back({std::string_view("LANG"), std::string_view("C.UTF-8")});
  plan.client = Endpoint{std::string_view("192.0.2.1"), 50000};
  plan.server = Endpoint{std::string_view("2001:db8::1"), 2222};
  return plan;
}

TEST(Message, DecodesWhatWasEncoded) {
  const auto packet = ipc::encode(sample_plan());
  ASSERT_TRUE(packet);
  const auto plan = ipc::decode<SessionPlan>(*packet);
  ASSERT_TRUE(plan) << plan.error().message;
  EXPECT_EQ(plan->kind, SessionKind::kExec);
  EXPECT_EQ(plan->command.value, "echo \xff");
  EXPECT_TRUE(plan->terminal);
  ASSERT_EQ(plan->environment.value.size(), 1U);
  EXPECT_EQ(plan->environment.value[0].name.value, "LANG");
  EXPECT_EQ(plan->client, (Endpoint{std::string_view("192.0.2.1"), 50000}));
  EXPECT_EQ(plan->server.port, 2222);
}

TEST(Message, RefusesEveryTruncation) {
  const std::string packet = *ipc::encode(sample_plan());
  for (std::size_t size = 0; size < packet.size(); ++size) {
    EXPECT_FALSE(ipc::decode<SessionPlan>(packet.substr(0, size))) << size;
  }
}

TEST(Message, RefusesTrailingBytes) {
  EXPECT_FALSE(ipc::decode<SessionPlan>(*ipc::encode(sample_plan()) + '\0'));
}

TEST(Message, RefusesAnotherType) {
  EXPECT_FALSE(ipc::decode<OpenSession>(*ipc::encode(sample_plan())));
}

TEST(Message, RefusesAnEnumeratorThatIsNotThere) {
  OpenSession request;
  request.kind = static_cast<SessionKind>(7);
  EXPECT_FALSE(ipc::decode<OpenSession>(*ipc::encode(request)));
}

TEST(Message, RefusesABooleanThatIsNeither0Nor1) {
  std::string packet = *ipc::encode(messages::KeyChecked{true});
  packet.back() = 2;
  EXPECT_FALSE(ipc::decode<messages::KeyChecked>(packet));
}

TEST(Message, DoesNotEncodeAFieldOverItsBound) {
  messages::ExchangeHashSignature request;
  request.signature.value.assign(65, 'x');
  EXPECT_FALSE(ipc::encode(request));
}

TEST(Message, DoesNotDecodeAFieldOverItsBound) {
  // The two messages differ in the bound of their one field only.
  ipc::Writer writer;
  writer.put(static_cast<std::uint32_t>(messages::ExchangeHashSignature::kType));
  writer.put(ipc::Bytes<100>(std::string(65, 'x')));
  EXPECT_FALSE(ipc::decode<messages::ExchangeHashSignature>(writer.take()));
}

TEST(Message, AListCannotAnnounceMoreThanThePacketHolds) {
  ipc::Writer writer;
  writer.put(std::uint32_t{32});
  messages::Environment list;
  const std::string packet = writer.take();
  ipc::Reader reader(packet);
  EXPECT_FALSE(reader.get(list));
}

}  // namespace
}  // namespace zomg
