#include "monitor/helpers/kubernetes/pod_list.h"

#include <gtest/gtest.h>

namespace zomg::kubernetes {
namespace {

constexpr std::string_view kList = R"({
  "kind": "PodList", "apiVersion": "v1", "metadata": {"continue": "more", "resourceVersion": "5"},
  "items": [{
    "metadata": {"name": "p", "namespace": "n", "uid": "u-1", "creationTimestamp": "2026-01-01T00:00:00Z",
      "labels": {"zomg.ai/project": "demo", "zomg.ai/box": "box1", "other": "x"},
      "annotations": {"kubectl.kubernetes.io/default-container": "main"},
      "managedFields": [{"name": "wrong"}]},
    "spec": {"containers": [{"name": "main", "env": [{"name": "S", "value": "secret"}]},
                            {"name": "side"}]},
    "status": {"phase": "Running",
      "conditions": [{"type": "Initialized", "status": "True"}, {"type": "Ready", "status": "True"}],
      "containerStatuses": [{"name": "main", "state": {"running": {"startedAt": "x"}}},
                            {"name": "side", "state": {"waiting": {}}}]}
  }]})";

TEST(PodList, ReadsWhatALookupNeeds) {
  const auto list = parse_pod_list(kList);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->next, "more");
  ASSERT_EQ(list->pods.size(), 1U);
  const Pod& pod = list->pods[0];
  EXPECT_EQ(pod.name, "p");
  EXPECT_EQ(pod.kubernetes_namespace, "n");
  EXPECT_EQ(pod.uid, "u-1");
  EXPECT_EQ(pod.labels, (lookup::BoxName{"demo", "box1"}));
  EXPECT_EQ(pod.default_container, "main");
  EXPECT_EQ(pod.created_at, "2026-01-01T00:00:00Z");
  EXPECT_FALSE(pod.terminating);
  ASSERT_EQ(pod.containers.size(), 2U);
  EXPECT_TRUE(pod.containers[0].running);
  EXPECT_FALSE(pod.containers[1].running);
}

TEST(PodList, ReadsTheContainersThatRunBesideTheOthers) {
  const auto list = parse_pod_list(R"({"kind":"PodList","items":[{
    "spec":{"ephemeralContainers":[{"name":"debug"}],
            "initContainers":[{"name":"prepare"},{"name":"proxy","restartPolicy":"Always"}],
            "containers":[{"name":"app"}]},
    "status":{"initContainerStatuses":[{"name":"proxy","state":{"running":{}}}],
              "ephemeralContainerStatuses":[{"name":"debug","state":{"terminated":{}}}],
              "containerStatuses":[{"name":"app","state":{"running":{}}}]}}]})");
  ASSERT_TRUE(list);
  const auto& containers = list->pods.at(0).containers;
  ASSERT_EQ(containers.size(), 3U);
  EXPECT_EQ(containers[0].name, "app");
  EXPECT_EQ(containers[1].name, "proxy");
  EXPECT_EQ(containers[1].role, ContainerRole::kSidecar);
  EXPECT_TRUE(containers[1].running);
  EXPECT_EQ(containers[2].role, ContainerRole::kEphemeral);
  EXPECT_FALSE(containers[2].running);
}

TEST(PodList, SeesThatAPodIsTerminating) {
  const auto list = parse_pod_list(
      R"({"kind":"PodList","items":[{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}]})");
  EXPECT_TRUE(list->pods.at(0).terminating);
}

TEST(PodList, TakesAnEmptyList) {
  EXPECT_TRUE(parse_pod_list(R"({"kind":"PodList","items":null})")->pods.empty());
  EXPECT_TRUE(parse_pod_list(R"({"kind":"PodList","items":[]})")->pods.empty());
}

TEST(PodList, RefusesWhatIsNoList) {
  for (const char* text : {"", "{", "[]", "null", R"({"kind":"Status"})", "<html>",
                           R"({"kind":"PodList","items":{}})", R"({"kind":"PodList","items":7})"}) {
    EXPECT_FALSE(parse_pod_list(text)) << text;
  }
}

TEST(PodList, TakesAFieldOfAnotherTypeForAbsent) {
  const auto list = parse_pod_list(
      R"({"kind":"PodList","items":[7,"x",null,{"metadata":[],"spec":{"containers":7},)"
      R"("status":{"conditions":"Ready"}},{"metadata":{"name":7,"labels":"x"}}]})");
  ASSERT_TRUE(list);
  for (const Pod& pod : list->pods) {
    EXPECT_EQ(pod.name, "");
    EXPECT_TRUE(pod.containers.empty());
  }
}

TEST(PodList, SurvivesAnyDepth) {
  std::string deep = R"({"kind":"PodList","items":)";
  deep += std::string(200'000, '[');
  EXPECT_FALSE(parse_pod_list(deep));
  deep += std::string(200'000, ']') + "}";
  (void)parse_pod_list(deep).has_value();
}

TEST(StatusMessage, IsThatOfAStatus) {
  EXPECT_EQ(status_message(R"({"kind":"Status","message":"no"})"), "no");
  EXPECT_EQ(status_message("no"), "");
  EXPECT_EQ(status_message("[]"), "");
}

}  // namespace
}  // namespace zomg::kubernetes
