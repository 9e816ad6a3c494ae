#include "monitor/helpers/resolver/cri/cri_messages.h"

#include <gtest/gtest.h>

#include "monitor/helpers/resolver/cri/cri.pb.h"

namespace zomg::resolver {
namespace {

TEST(CriMessages, AsksForReadySandboxesByBothLabels) {
  cri::ListPodSandboxRequest request;
  ASSERT_TRUE(request.ParseFromString(list_sandboxes_request({"demo", "box1"})));
  EXPECT_TRUE(request.filter().has_state());
  EXPECT_EQ(request.filter().state().state(), cri::SANDBOX_READY);
  EXPECT_EQ(request.filter().label_selector().size(), 2U);
  EXPECT_EQ(request.filter().label_selector().at("zomg.ai/project"), "demo");
  EXPECT_EQ(request.filter().label_selector().at("zomg.ai/box"), "box1");
}

TEST(CriMessages, AsksForAllContainersOfOneSandbox) {
  cri::ListContainersRequest request;
  ASSERT_TRUE(request.ParseFromString(list_containers_request("s")));
  EXPECT_EQ(request.filter().pod_sandbox_id(), "s");
  EXPECT_FALSE(request.filter().has_state());
}

TEST(CriMessages, AsksVerboselyForDetails) {
  cri::ContainerStatusRequest request;
  ASSERT_TRUE(request.ParseFromString(container_details_request("c")));
  EXPECT_EQ(request.container_id(), "c");
  EXPECT_TRUE(request.verbose());
}

TEST(CriMessages, ReadsSandboxes) {
  cri::ListPodSandboxResponse response;
  auto& item = *response.add_items();
  item.set_id("s");
  item.mutable_metadata()->set_name("pod");
  item.mutable_metadata()->set_namespace_("ns");
  item.set_state(cri::SANDBOX_READY);
  item.set_created_at(7);
  (*item.mutable_labels())["zomg.ai/project"] = "demo";
  (*item.mutable_labels())["zomg.ai/box"] = "box1";
  (*item.mutable_annotations())["kubectl.kubernetes.io/default-container"] = "work";
  response.add_items()->set_state(cri::SANDBOX_NOTREADY);
  const auto sandboxes = parse_sandboxes(response.SerializeAsString()).value();
  ASSERT_EQ(sandboxes.size(), 2U);
  EXPECT_EQ(sandboxes[0].id, "s");
  EXPECT_EQ(sandboxes[0].pod, "pod");
  EXPECT_EQ(sandboxes[0].kubernetes_namespace, "ns");
  EXPECT_EQ(sandboxes[0].labels, (BoxName{"demo", "box1"}));
  EXPECT_EQ(sandboxes[0].default_container, "work");
  EXPECT_EQ(sandboxes[0].created_at, 7);
  EXPECT_TRUE(sandboxes[0].ready);
  EXPECT_FALSE(sandboxes[1].ready);
  EXPECT_EQ(sandboxes[1].labels, BoxName{});
}

TEST(CriMessages, ReadsContainersAndDetails) {
  cri::ListContainersResponse list;
  auto& item = *list.add_containers();
  item.set_id("c");
  item.set_pod_sandbox_id("s");
  item.mutable_metadata()->set_name("box");
  item.set_state(cri::CONTAINER_RUNNING);
  item.set_created_at(7);
  const auto containers = parse_containers(list.SerializeAsString()).value();
  ASSERT_EQ(containers.size(), 1U);
  EXPECT_EQ(containers[0].id, "c");
  EXPECT_EQ(containers[0].sandbox_id, "s");
  EXPECT_EQ(containers[0].name, "box");
  EXPECT_EQ(containers[0].created_at, 7);
  EXPECT_TRUE(containers[0].running);

  cri::ContainerStatusResponse status;
  status.mutable_status()->set_id("c");
  status.mutable_status()->set_state(cri::CONTAINER_EXITED);
  (*status.mutable_info())["info"] = "{}";
  const auto details = parse_container_details(status.SerializeAsString()).value();
  EXPECT_EQ(details.id, "c");
  EXPECT_EQ(details.info, "{}");
  EXPECT_FALSE(details.running);
}

TEST(CriMessages, RefusesWhatIsNoMessage) {
  EXPECT_FALSE(parse_sandboxes("\x0a\xff"));
  EXPECT_FALSE(parse_containers("\x0a\x05xx"));
  EXPECT_FALSE(parse_container_details("\x07"));
}

}  // namespace
}  // namespace zomg::resolver
