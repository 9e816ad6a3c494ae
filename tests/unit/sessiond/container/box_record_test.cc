#include "sessiond/container/box_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>

namespace zomg::sessiond {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint64_t kGiven = 0xa80425fb;
constexpr std::uint64_t kMayRaise = 1ULL << CAP_SYS_RESOURCE;

/// A container as a runtime makes it, and its first process as it started.
struct Container {
  messages::ContainerRecord record;
  bool filtered = true;
  BoxState live;

  Container() {
    record.bounding = record.permitted = record.effective = kGiven;
    record.no_new_privileges = true;
    record.groups.value = {10, 20};
    record.limits.value = {{RLIMIT_NOFILE, 1024, 4096}};
    record.has_oom_score_adj = true;
    record.oom_score_adj = 300;
    record.namespaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET;
    Confinement& confinement = live.confinement;
    confinement.bounding = confinement.permitted = confinement.effective = kGiven;
    confinement.no_new_privileges = confinement.filtered = true;
    confinement.groups = {10, 20};
    live.limits[RLIMIT_NOFILE] = rlimit{1024, 4096};
    live.limits[RLIMIT_CORE] = rlimit{1, 2};
    live.oom_score_adj = 300;
  }

  common::Result<BoxState> narrowed() const { return narrow(record, filtered, live); }
  std::string refusal() const {
    const auto state = narrowed();
    return state ? "none" : state.error().message;
  }
};

TEST(BoxRecord, LeavesAContainerAsItStarted) {
  const Container box;
  const auto session = box.narrowed();
  ASSERT_TRUE(session) << box.refusal();
  EXPECT_EQ(session->confinement.bounding, kGiven);
  EXPECT_EQ(session->confinement.permitted, kGiven);
  EXPECT_EQ(session->confinement.effective, kGiven);
  EXPECT_THAT(session->confinement.groups, ElementsAre(10, 20));
  EXPECT_EQ(session->limits[RLIMIT_NOFILE]->rlim_cur, 1024U);
  EXPECT_EQ(session->limits[RLIMIT_CORE]->rlim_max, 2U);
  EXPECT_EQ(session->oom_score_adj, 300);
}

TEST(BoxRecord, RefusesACapabilityThatWasNotGiven) {
  for (auto set : {&Confinement::inheritable, &Confinement::permitted, &Confinement::effective,
                   &Confinement::bounding, &Confinement::ambient}) {
    Container box;
    box.live.confinement.*set |= 1ULL << CAP_SYS_ADMIN;
    EXPECT_THAT(box.refusal(), HasSubstr("more capabilities: 200000"));
  }
}

TEST(BoxRecord, KnowsOfNoCapabilityWhereNoneIsRecorded) {
  Container box;
  box.record.bounding = box.record.permitted = box.record.effective = 0;
  EXPECT_THAT(box.refusal(), HasSubstr("more capabilities"));
}

TEST(BoxRecord, GivesWhatTheProcessKept) {
  Container box;
  box.live.confinement.bounding = box.live.confinement.permitted = 3;
  box.live.confinement.effective = 1;
  const auto session = box.narrowed();
  ASSERT_TRUE(session);
  EXPECT_EQ(session->confinement.bounding, 3U);
  EXPECT_EQ(session->confinement.permitted, 3U);
  EXPECT_EQ(session->confinement.effective, 1U);
}

TEST(BoxRecord, GivesNoAmbientOrInheritableOneThatTheProcessRaisedItself) {
  Container box;
  box.live.confinement.inheritable = box.live.confinement.ambient = 1;
  const auto session = box.narrowed();
  ASSERT_TRUE(session);
  EXPECT_EQ(session->confinement.inheritable, 0U);
  EXPECT_EQ(session->confinement.ambient, 0U);
}

TEST(BoxRecord, KeepsEachSetWithinTheOneThatItComesFrom) {
  Container box;
  box.record.permitted = 1;
  box.record.inheritable = box.record.ambient = 3;
  box.live.confinement.inheritable = box.live.confinement.ambient = 3;
  const auto session = box.narrowed();
  ASSERT_TRUE(session);
  EXPECT_EQ(session->confinement.effective, 1U);
  EXPECT_EQ(session->confinement.ambient, 1U);
}

TEST(BoxRecord, RefusesAFlagThatWasLost) {
  Container box;
  box.live.confinement.no_new_privileges = false;
  EXPECT_THAT(box.refusal(), HasSubstr("no_new_privs"));
}

TEST(BoxRecord, TakesOnAFlagThatTheProcessSet) {
  Container box;
  box.record.no_new_privileges = false;
  EXPECT_TRUE(box.narrowed()->confinement.no_new_privileges);
}

TEST(BoxRecord, RefusesASeccompFilterThatWasLostOrThatIsItsOwn) {
  Container box;
  box.live.confinement.filtered = false;
  EXPECT_THAT(box.refusal(), HasSubstr("has not the recorded seccomp filter"));
  box.filtered = false;
  EXPECT_EQ(box.refusal(), "none");
  box.live.confinement.filtered = true;
  EXPECT_THAT(box.refusal(), HasSubstr("did not give it"));
}

TEST(BoxRecord, LeavesRootsOwnChangeOfUser) {
  Container box;
  box.live.confinement.identity = {1000, 1001};
  EXPECT_EQ(box.narrowed()->confinement.identity.uid, 1000U);
  EXPECT_EQ(box.narrowed()->confinement.identity.gid, 1001U);
}

TEST(BoxRecord, KnowsBetterWhomARuntimeStartedAsAUser) {
  Container box;
  box.record.uid = 1000;
  box.record.gid = 1001;
  EXPECT_EQ(box.narrowed()->confinement.identity.uid, 1000U);
  EXPECT_EQ(box.narrowed()->confinement.identity.gid, 1001U);
}

TEST(BoxRecord, GivesNoGroupThatIsNotRecordedOrWasLeft) {
  Container box;
  box.live.confinement.groups = {0, 20, 27};
  EXPECT_THAT(box.narrowed()->confinement.groups, ElementsAre(20));
}

TEST(BoxRecord, GivesANamedUserTheGroupsOfTheBoxsFiles) {
  Container box;
  box.live.confinement.bounding = 1ULL << CAP_SETGID;
  take_on_groups(box.record, {1000, 29}, box.live);
  EXPECT_THAT(box.live.confinement.groups, ElementsAre(1000, 29));
}

TEST(BoxRecord, GivesANamedUserNoGroupThatNobodyInTheBoxCouldTakeOn) {
  Container box;
  box.live.confinement.bounding = 0;
  box.record.gid = 1000;
  take_on_groups(box.record, {1000, 29, 20}, box.live);
  EXPECT_THAT(box.live.confinement.groups, ElementsAre(1000, 20));
}

TEST(BoxRecord, GivesANamedUserThePrimaryGroupOfTheBoxsFiles) {
  Container box;
  box.live.confinement.bounding = 1ULL << CAP_SETGID;
  EXPECT_EQ(held_group(box.record, 42, box.live), 42U);
}

TEST(BoxRecord, GivesANamedUserNoPrimaryGroupThatNobodyInTheBoxCouldTakeOn) {
  Container box;
  box.live.confinement.bounding = 0;
  box.record.gid = box.live.confinement.identity.gid = 1000;
  EXPECT_EQ(held_group(box.record, 42, box.live), 1000U);
  EXPECT_EQ(held_group(box.record, 20, box.live), 20U);
}

TEST(BoxRecord, HoldsToTheRecordTheGroupsOfABoxWhereNoExecGivesCapabilities) {
  Container box;
  box.record.uid = box.live.confinement.identity.uid = 1000;
  box.live.confinement.permitted = box.live.confinement.effective = 0;
  take_on_groups(box.record, {29, 20}, box.live);
  EXPECT_THAT(box.live.confinement.groups, ElementsAre(20));
  EXPECT_EQ(held_group(box.record, 42, box.live), 0U);
  // Others of the box may have what its first process gave up.
  box.record.ambient = kGiven;
  EXPECT_EQ(held_group(box.record, 42, box.live), 42U);
  box.record.ambient = 0;
  box.record.uid = 0;
  EXPECT_EQ(held_group(box.record, 42, box.live), 42U);
}

TEST(BoxRecord, GivesANamedUserNoGroupThatIsNoneInTheBox) {
  Container box;
  box.live.confinement.bounding = 1ULL << CAP_SETGID;
  take_on_groups(box.record, {29, 0xffffffff}, box.live);
  EXPECT_THAT(box.live.confinement.groups, ElementsAre(29));
  box.live.user_namespace = true;
  box.live.gids = {{0, 100000, 1000}, {2000, 200000, 1}};
  take_on_groups(box.record, {999, 1000, 1999, 2000, 2001}, box.live);
  EXPECT_THAT(box.live.confinement.groups, ElementsAre(999, 2000));
}

TEST(BoxRecord, GivesTheLowerLimits) {
  Container box;
  box.live.limits[RLIMIT_NOFILE] = rlimit{2048, 4096};
  EXPECT_EQ(box.narrowed()->limits[RLIMIT_NOFILE]->rlim_cur, 1024U);
  box.live.limits[RLIMIT_NOFILE] = rlimit{256, 512};
  EXPECT_EQ(box.narrowed()->limits[RLIMIT_NOFILE]->rlim_cur, 256U);
  EXPECT_EQ(box.narrowed()->limits[RLIMIT_NOFILE]->rlim_max, 512U);
}

TEST(BoxRecord, RefusesAHigherLimitOfWhoMayNotRaiseIt) {
  Container box;
  box.live.limits[RLIMIT_NOFILE] = rlimit{1024, RLIM_INFINITY};
  EXPECT_THAT(box.refusal(), HasSubstr("higher limit"));
}

TEST(BoxRecord, GivesTheRecordedLimitsOfWhoMayRaiseThem) {
  Container box;
  box.record.bounding |= kMayRaise;
  box.live.limits[RLIMIT_NOFILE] = rlimit{RLIM_INFINITY, RLIM_INFINITY};
  box.live.oom_score_adj = -1000;
  const auto session = box.narrowed();
  ASSERT_TRUE(session) << box.refusal();
  EXPECT_EQ(session->limits[RLIMIT_NOFILE]->rlim_max, 4096U);
  EXPECT_EQ(session->oom_score_adj, 300);
}

TEST(BoxRecord, RefusesALowerOomScoreOfWhoMayNotLowerIt) {
  Container box;
  box.live.oom_score_adj = 299;
  EXPECT_THAT(box.refusal(), HasSubstr("oom_score_adj"));
  box.live.oom_score_adj = 301;
  EXPECT_EQ(box.narrowed()->oom_score_adj, 301);
  box.record.has_oom_score_adj = false;
  box.live.oom_score_adj = -1;
  EXPECT_EQ(box.narrowed()->oom_score_adj, -1);
}

TEST(BoxRecord, RefusesAnotherKindOfUserNamespace) {
  Container box;
  box.live.user_namespace = true;
  box.live.uids = box.live.gids = {{0, 0, 65536}};
  EXPECT_THAT(box.refusal(), HasSubstr("user namespace"));
  box.record.namespaces |= CLONE_NEWUSER;
  EXPECT_EQ(box.refusal(), "none");
  box.live.user_namespace = false;
  EXPECT_THAT(box.refusal(), HasSubstr("user namespace"));
}

TEST(BoxRecord, RefusesAnotherUserNamespace) {
  Container box;
  box.record.namespaces |= CLONE_NEWUSER;
  box.live.user_namespace = true;
  box.record.uids.value = {{0, 100000, 65536}};
  box.record.gids.value = {{70000, 5, 1}, {0, 100000, 65536}};
  box.live.uids = {{0, 100000, 65536}};
  box.live.gids = {{0, 100000, 65536}, {70000, 5, 1}};
  box.live.confinement.identity = {100000, 100001};
  box.live.confinement.groups = {100010, 20};
  ASSERT_TRUE(box.narrowed()) << box.refusal();
  EXPECT_EQ(box.narrowed()->confinement.identity.gid, 1U);
  EXPECT_THAT(box.narrowed()->confinement.groups, ElementsAre(10));
  EXPECT_EQ(box.refusal(), "none");
  box.live.gids = {{0, 100000, 65537}};
  EXPECT_THAT(box.refusal(), HasSubstr("another user namespace"));
  box.live.gids = box.live.uids;
  box.live.uids = {{0, 0, 65536}};
  EXPECT_THAT(box.refusal(), HasSubstr("another user namespace"));
}

TEST(BoxRecord, RefusesANamespaceOfTheHostThatShouldBeItsOwn) {
  Container box;
  box.live.host_namespaces = CLONE_NEWIPC;
  EXPECT_EQ(box.refusal(), "none");
  box.live.host_namespaces |= CLONE_NEWNET;
  EXPECT_THAT(box.refusal(), HasSubstr("namespaces of the host"));
}

TEST(BoxRecord, RefusesAnotherLabel) {
  Container box;
  box.live.labels.apparmor = ExecLabel{"apparmor/exec", "exec a"};
  box.live.labels.selinux = ExecLabel{"exec", "u:r:t:s0"};
  EXPECT_EQ(box.refusal(), "none");
  box.record.apparmor_profile = std::string_view("a");
  box.record.selinux_label = std::string_view("u:r:t:s0");
  EXPECT_EQ(box.refusal(), "none");
  box.record.apparmor_profile = std::string_view("b");
  EXPECT_THAT(box.refusal(), HasSubstr("AppArmor"));
  box.record.apparmor_profile = std::string_view("unconfined");
  EXPECT_EQ(box.refusal(), "none");
  box.live.labels.selinux.reset();
  EXPECT_THAT(box.refusal(), HasSubstr("SELinux"));
}

}  // namespace
}  // namespace zomg::sessiond
