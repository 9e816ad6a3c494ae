#include "sessiond/box/invocation.h"

#include <gtest/gtest.h>

namespace zomg::sessiond {
namespace {

using common::Failure;
using messages::BoxUser;
using messages::BoxUserKind;
using messages::SessionKind;

constexpr std::string_view kPasswd =
    "root:x:0:5::/root:/bin/sh\ndev:x:1000:1001::/home/dev:/bin/sh\n";
constexpr Identity kContainer{2000, 2001};

BoxUser user(BoxUserKind kind, unsigned uid = 0, std::string_view name = "") {
  return {kind, uid, name};
}

TEST(ChooseUser, RootHasTheGroupRoot) {
  const auto root = choose_user(user(BoxUserKind::kUid), kContainer, kPasswd);
  ASSERT_TRUE(root);
  EXPECT_EQ(root->uid, 0U);
  EXPECT_EQ(root->gid, 0U);
  EXPECT_EQ(root->home, "/root");
}

TEST(ChooseUser, RootNeedsNoPasswd) {
  const auto root = choose_user(user(BoxUserKind::kUid), kContainer, "");
  ASSERT_TRUE(root);
  EXPECT_EQ(root->name, "root");
  EXPECT_EQ(root->gid, 0U);
  EXPECT_EQ(root->home, "");
  EXPECT_EQ(root->shell, "");
}

TEST(ChooseUser, AUidHasItsEntryOrTheContainersGroup) {
  EXPECT_EQ(choose_user(user(BoxUserKind::kUid, 1000), kContainer, kPasswd)->gid, 1001U);
  const auto unknown = choose_user(user(BoxUserKind::kUid, 3000), kContainer, kPasswd);
  ASSERT_TRUE(unknown);
  EXPECT_EQ(unknown->uid, 3000U);
  EXPECT_EQ(unknown->gid, 2001U);
  EXPECT_EQ(unknown->name, "3000");
  EXPECT_EQ(unknown->home, "");
}

TEST(ChooseUser, TheContainersIsThatOfItsProcess) {
  const auto own = choose_user(user(BoxUserKind::kContainer), {1000, 2001}, kPasswd);
  ASSERT_TRUE(own);
  EXPECT_EQ(own->name, "dev");
  EXPECT_EQ(own->gid, 2001U);
  EXPECT_EQ(choose_user(user(BoxUserKind::kContainer), kContainer, kPasswd)->uid, 2000U);
}

TEST(ChooseUser, AnotherThanRootAndTheContainersHasGroupsOfItsOwn) {
  EXPECT_TRUE(has_own_groups(user(BoxUserKind::kName, 0, "dev"), 1000, kContainer));
  EXPECT_TRUE(has_own_groups(user(BoxUserKind::kUid, 1000), 1000, kContainer));
  EXPECT_FALSE(has_own_groups(user(BoxUserKind::kUid, kContainer.uid), kContainer.uid, kContainer));
  EXPECT_FALSE(has_own_groups(user(BoxUserKind::kUid), 0, kContainer));
  EXPECT_FALSE(has_own_groups(user(BoxUserKind::kContainer), kContainer.uid, kContainer));
}

TEST(ChooseUser, ANameOfRootHasTheContainersGroups) {
  EXPECT_FALSE(has_own_groups(user(BoxUserKind::kName, 0, "toor"), 0, kContainer));
}

TEST(ChooseUser, ANameHasToBeThere) {
  EXPECT_EQ(choose_user(user(BoxUserKind::kName, 0, "dev"), kContainer, kPasswd)->uid, 1000U);
  EXPECT_FALSE(choose_user(user(BoxUserKind::kName, 0, "nobody"), kContainer, kPasswd));
}

const PasswdEntry kUser{"dev", 1000, 1001, "/home/dev", "/bin/sh"};

Invocation build(SessionKind kind, std::string_view command, const PasswdEntry& entry = kUser) {
  messages::SessionPlan plan;
  plan.kind = kind;
  plan.command = command;
  return build_invocation(plan, entry, "PATH=/nowhere\0", "");
}

TEST(Invocation, OfAShellIsALoginShell) {
  const Invocation shell = build(SessionKind::kShell, "");
  EXPECT_EQ(shell.failure, Failure::kNone);
  EXPECT_EQ(shell.program.value, "/bin/sh");
  ASSERT_EQ(shell.arguments.value.size(), 1U);
  EXPECT_EQ(shell.arguments.value[0].value, "-sh");
  EXPECT_EQ(shell.directory.value, "/home/dev");
  EXPECT_EQ(shell.uid, 1000U);
  EXPECT_EQ(shell.gid, 1001U);
}

TEST(Invocation, OfACommandGivesItToTheShellWhole) {
  const Invocation command = build(SessionKind::kExec, "echo a  b");
  ASSERT_EQ(command.arguments.value.size(), 3U);
  EXPECT_EQ(command.arguments.value[0].value, "sh");
  EXPECT_EQ(command.arguments.value[1].value, "-c");
  EXPECT_EQ(command.arguments.value[2].value, "echo a  b");
}

TEST(Invocation, OfAShellThatIsMissingFails) {
  for (const char* shell : {"/nowhere/sh", "/etc/passwd", "/etc"}) {
    PasswdEntry entry = kUser;
    entry.shell = shell;
    EXPECT_EQ(build(SessionKind::kExec, "true", entry).failure, Failure::kNoShell) << shell;
  }
}

TEST(Invocation, SurvivesTheWayBackFromTheScout) {
  const Invocation sent = build(SessionKind::kExec, std::string(limits::kMaxCommandBytes, 'x'));
  const auto packet = ipc::encode(sent);
  ASSERT_TRUE(packet);
  const auto received = ipc::decode<Invocation>(*packet);
  ASSERT_TRUE(received) << received.error().message;
  EXPECT_EQ(received->arguments, sent.arguments);
  EXPECT_EQ(received->environment, sent.environment);
}

}  // namespace
}  // namespace zomg::sessiond
