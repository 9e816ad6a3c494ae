#include "monitor/helpers/resolver/container/container_record.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sched.h>
#include <sys/resource.h>

#include <nlohmann/json.hpp>

namespace zomg::resolver {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;

common::Result<messages::ContainerRecord> of(std::string_view process,
                                             std::string_view linux_part = "null") {
  return make_container_record(json::parse(process), json::parse(linux_part));
}

TEST(ContainerRecord, IsReadAsContainerdWritesIt) {
  const auto record = of(R"({
      "user": {"uid": 1000, "gid": 1001, "additionalGids": [1001, 27]},
      "args": ["/init"], "cwd": "/", "noNewPrivileges": true, "oomScoreAdj": -997,
      "capabilities": {"bounding": ["CAP_CHOWN", "CAP_CHECKPOINT_RESTORE"],
                       "effective": ["CAP_CHOWN"], "permitted": ["CAP_CHOWN", "CAP_KILL"]},
      "rlimits": [{"type": "RLIMIT_NOFILE", "hard": 1048576, "soft": 1024},
                  {"type": "RLIMIT_CORE", "hard": 18446744073709551615, "soft": 0}],
      "apparmorProfile": "cri-containerd.apparmor.d",
      "selinuxLabel": "system_u:system_r:container_t:s0:c1,c2"})",
                         R"({"cgroupsPath": "a-b.slice:cri-containerd:c",
      "namespaces": [{"type": "pid"}, {"type": "mount"},
      {"type": "user", "path": "/proc/1/ns/user"}, {"type": "network"}, {"type": "later"},
        {"type": "ipc", "path": "/proc/1/ns/ipc"}],
      "uidMappings": [{"containerID": 0, "hostID": 100000, "size": 65536}],
      "gidMappings": [{"containerID": 0, "hostID": 200000, "size": 1}]})");
  ASSERT_TRUE(record) << record.error().message;
  EXPECT_EQ(record->uid, 1000U);
  EXPECT_EQ(record->gid, 1001U);
  EXPECT_THAT(record->groups.value, ElementsAre(1001U, 27U));
  EXPECT_TRUE(record->no_new_privileges);
  EXPECT_EQ(record->bounding, 1ULL << CAP_CHOWN | 1ULL << CAP_CHECKPOINT_RESTORE);
  EXPECT_EQ(record->effective, 1ULL << CAP_CHOWN);
  EXPECT_EQ(record->permitted, 1ULL << CAP_CHOWN | 1ULL << CAP_KILL);
  EXPECT_EQ(record->inheritable, 0U);
  EXPECT_EQ(record->ambient, 0U);
  const messages::RecordedLimit files{RLIMIT_NOFILE, 1024, 1048576};
  const messages::RecordedLimit core{RLIMIT_CORE, 0, RLIM_INFINITY};
  EXPECT_THAT(record->limits.value, ElementsAre(files, core));
  EXPECT_TRUE(record->has_oom_score_adj);
  EXPECT_EQ(record->oom_score_adj, -997);
  EXPECT_EQ(record->namespaces,
            static_cast<unsigned>(CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWNET));
  const messages::RecordedIds uids{0, 100000, 65536};
  const messages::RecordedIds gids{0, 200000, 1};
  EXPECT_THAT(record->uids.value, ElementsAre(uids));
  EXPECT_THAT(record->gids.value, ElementsAre(gids));
  EXPECT_EQ(record->apparmor_profile.value, "cri-containerd.apparmor.d");
  EXPECT_EQ(record->selinux_label.value, "system_u:system_r:container_t:s0:c1,c2");
  EXPECT_EQ(record->cgroup.value, "/a.slice/a-b.slice/cri-containerd-c.scope");
}

TEST(ContainerRecord, GivesNothingWhereNothingIsWritten) {
  for (const std::string_view process :
       {"{}", R"({"user": null, "capabilities": null, "rlimits": null, "oomScoreAdj": null,
                 "noNewPrivileges": null, "apparmorProfile": null, "selinuxLabel": null})",
        R"({"user": {}, "capabilities": {"bounding": null}, "rlimits": []})"}) {
    const auto record = of(process);
    ASSERT_TRUE(record) << process;
    EXPECT_EQ(*record, messages::ContainerRecord{}) << process;
  }
}

TEST(ContainerRecord, PassesOverACapabilityThatNobodyKnows) {
  EXPECT_EQ(of(R"({"capabilities": {"bounding": ["CAP_KILL", "CAP_NEW", ""]}})")->bounding,
            1ULL << CAP_KILL);
}

TEST(ContainerRecord, RefusesAnotherShape) {
  for (const std::string_view process :
       {R"({"user": []})", R"({"user": {"uid": -1}})", R"({"user": {"uid": 4294967296}})",
        R"({"user": {"uid": "0"}})", R"({"user": {"additionalGids": {}}})",
        R"({"user": {"additionalGids": [-1]}})", R"({"capabilities": []})",
        R"({"capabilities": {"bounding": {}}})", R"({"capabilities": {"bounding": [1]}})",
        R"({"noNewPrivileges": 1})", R"({"rlimits": {}})", R"({"rlimits": [1]})",
        R"({"rlimits": [{"type": "RLIMIT_NEW", "soft": 1, "hard": 1}]})",
        R"({"rlimits": [{"type": "RLIMIT_CPU", "soft": -1, "hard": 1}]})",
        R"({"oomScoreAdj": 1001})", R"({"oomScoreAdj": "1"})", R"({"apparmorProfile": 1})",
        R"({"selinuxLabel": []})"}) {
    EXPECT_FALSE(of(process)) << process;
  }
  for (const std::string_view linux_part :
       {R"({"namespaces": {}})", R"({"namespaces": [{}]})", R"({"namespaces": [{"type": 1}]})",
        R"({"uidMappings": {}})", R"({"uidMappings": [1]})", R"({"cgroupsPath": ["/a"]})",
        R"({"gidMappings": [{"containerID": -1}]})"}) {
    EXPECT_FALSE(of("{}", linux_part)) << linux_part;
  }
}

TEST(ContainerRecord, IsBounded) {
  json process;
  process["user"]["additionalGids"] = std::vector<unsigned>(messages::kMaxRecordedGroups, 1);
  EXPECT_TRUE(make_container_record(process, nullptr));
  process["user"]["additionalGids"].push_back(1U);
  EXPECT_FALSE(make_container_record(process, nullptr));
  const auto labelled = [](std::size_t size) {
    return of(fmt::format(R"({{"selinuxLabel": "{}"}})", std::string(size, 'x')));
  };
  EXPECT_TRUE(labelled(messages::kMaxLabelBytes));
  EXPECT_FALSE(labelled(messages::kMaxLabelBytes + 1));
  const auto placed = [](const std::string& path) {
    return of("{}", fmt::format(R"({{"cgroupsPath": "{}"}})", path));
  };
  EXPECT_TRUE(placed("/" + std::string(messages::kMaxCgroupPathBytes - 1, 'x')));
  EXPECT_FALSE(placed("/" + std::string(messages::kMaxCgroupPathBytes, 'x')));
  // Of few bytes a scope of systemd's is made that has many.
  std::string slice = "x";
  while (slice.size() < 1000) slice += "-x";
  EXPECT_FALSE(placed(slice + ".slice:crio:x"));
}

TEST(ContainerRecord, ReadsTheUmask) {
  EXPECT_EQ(read_umask(json::parse("{}")).value(), 022U);
  EXPECT_EQ(read_umask(json::parse(R"({"user":{"umask":null}})")).value(), 022U);
  EXPECT_EQ(read_umask(json::parse(R"({"user":{"umask":63}})")).value(), 077U);
  for (const std::string_view umask : {"512", "-1", "\"022\"", "[18]"}) {
    EXPECT_FALSE(read_umask(json::parse(fmt::format(R"({{"user":{{"umask":{}}}}})", umask))));
  }
}

}  // namespace
}  // namespace zomg::resolver
