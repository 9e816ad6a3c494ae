#include "monitor/helpers/resolver/cri_lookup.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <functional>

namespace zomg::resolver {
namespace {

using common::Failure;
using common::Result;

const BoxName kBox{"demo", "box1"};
const std::string kId(64, 'a');

/// A runtime with one pod, whose answers a test changes.
class FakeRuntime : public Cri {
 public:
  Result<std::vector<Sandbox>> sandboxes = std::vector<Sandbox>{
      {.id = "s", .pod = "pod", .kubernetes_namespace = "ns", .labels = kBox, .ready = true}};
  Result<std::vector<Container>> containers =
      std::vector<Container>{{.id = kId, .sandbox_id = "s", .name = "box", .running = true}};
  Result<ContainerDetails> details =
      ContainerDetails{.id = kId,
                       .running = true,
                       .info = R"({"pid":42,"runtimeType":"io.containerd.runc.v2",)"
                               R"("runtimeSpec":{"process":{"env":["A=1","junk"]}}})"};

  Result<std::vector<Sandbox>> list_sandboxes(const BoxName&) const override { return sandboxes; }
  Result<std::vector<Container>> list_containers(std::string_view) const override {
    return containers;
  }
  Result<ContainerDetails> container_details(std::string_view) const override { return details; }

  FoundBox look_up(std::string kubernetes_namespace = "") const {
    return CriLookup(*this, std::move(kubernetes_namespace)).look_up(kBox, "");
  }
};

TEST(CriLookup, ClaimsWhatItFound) {
  const FoundBox found = FakeRuntime().look_up();
  EXPECT_EQ(found.failure, Failure::kNone);
  EXPECT_EQ(found.claim.pid, 42);
  EXPECT_EQ(found.claim.container_id.value, kId);
  EXPECT_EQ(found.claim.kubernetes_namespace.value, "ns");
  EXPECT_EQ(found.claim.pod.value, "pod");
  EXPECT_EQ(found.claim.container.value, "box");
  char environment[16] = {};
  EXPECT_EQ(::pread(found.file.get(), environment, sizeof(environment), 0), 4);
  EXPECT_STREQ(environment, "A=1");
}

/// One thing that goes wrong, and what the lookup makes of it.
struct Case {
  const char* name;
  std::function<void(FakeRuntime&)> change;
  Failure failure;
};

const std::vector<Case>& cases() {
  static const common::Error gone{"NOT_FOUND: no such container", ENOENT};
  static const common::Error broken{"connect: Connection refused", 0};
  static const std::vector<Case> all{
      {"no sandbox", [](auto& r) { r.sandboxes->clear(); }, Failure::kNoSuchBox},
      {"another's labels", [](auto& r) { (*r.sandboxes)[0].labels.box = "box2"; },
       Failure::kNoSuchBox},
      {"two namespaces",
       [](auto& r) {
         r.sandboxes->push_back((*r.sandboxes)[0]);
         (*r.sandboxes)[1].kubernetes_namespace = "other";
       },
       Failure::kAmbiguousNamespace},
      {"no list", [](auto& r) { r.sandboxes = broken; }, Failure::kLookupFailed},
      {"no container", [](auto& r) { r.containers->clear(); }, Failure::kBoxNotReady},
      {"pod gone meanwhile", [](auto& r) { r.containers = gone; }, Failure::kBoxNotReady},
      {"runtime gone meanwhile", [](auto& r) { r.containers = broken; }, Failure::kLookupFailed},
      {"container gone meanwhile", [](auto& r) { r.details = gone; }, Failure::kBoxNotReady},
      {"container stopped meanwhile", [](auto& r) { r.details->running = false; },
       Failure::kBoxNotReady},
      {"another container", [](auto& r) { r.details->id = std::string(64, 'b'); },
       Failure::kLookupFailed},
      {"no details", [](auto& r) { r.details->info.clear(); }, Failure::kLookupFailed},
      {"a bad id", [](auto& r) { (*r.containers)[0].id = "../../x"; }, Failure::kLookupFailed},
      {"a bad namespace", [](auto& r) { (*r.sandboxes)[0].kubernetes_namespace = "a/b"; },
       Failure::kLookupFailed},
      {"a bad pod name", [](auto& r) { (*r.sandboxes)[0].pod = std::string(300, 'a'); },
       Failure::kLookupFailed},
      {"a bad container name", [](auto& r) { (*r.containers)[0].name = "-\n"; },
       Failure::kLookupFailed},
  };
  return all;
}

TEST(CriLookup, HasAFailureForEverythingThatGoesWrong) {
  for (const Case& wrong : cases()) {
    FakeRuntime runtime;
    wrong.change(runtime);
    const FoundBox found = runtime.look_up();
    EXPECT_EQ(found.failure, wrong.failure) << wrong.name;
    EXPECT_EQ(found.claim.pid, 0) << wrong.name;
    EXPECT_EQ(found.claim.container_id.value, "") << wrong.name;
    EXPECT_FALSE(found.file) << wrong.name;
  }
}

TEST(CriLookup, SaysThatAPodOfAnotherKindIsNotEntered) {
  FakeRuntime runtime;
  runtime.details->info =
      R"({"pid":42,"runtimeType":"io.containerd.runsc.v1","runtimeSpec":{"process":{}}})";
  const FoundBox found = runtime.look_up();
  EXPECT_EQ(found.failure, Failure::kNotAContainer);
  // For who looks it up elsewhere.
  EXPECT_EQ(found.claim.pod.value, "pod");
  EXPECT_EQ(found.claim.kubernetes_namespace.value, "ns");
  EXPECT_EQ(found.claim.pid, 0);
}

TEST(CriLookup, KnowsTheHandlerOfAPod) {
  FakeRuntime runtime;
  runtime.details->info = R"({"pid":42,"runtimeSpec":{"process":{},)"
                          R"("annotations":{"io.kubernetes.cri-o.ContainerID":"a"}}})";
  EXPECT_EQ(runtime.look_up().failure, Failure::kNone);
  (*runtime.sandboxes)[0].runtime_handler = "kata";
  EXPECT_EQ(runtime.look_up().failure, Failure::kNotAContainer);
}

TEST(CriLookup, TellsOfWhichPodTheContainerIsNotKnown) {
  FakeRuntime runtime;
  (*runtime.sandboxes)[0].pod_uid = "u-1";
  (*runtime.containers)[0].name = "app";
  (*runtime.containers)[0].attempt = 1;
  runtime.containers->push_back({.id = std::string(64, 'b'), .sandbox_id = "s", .name = "logger"});
  const FoundBox found = runtime.look_up();
  EXPECT_EQ(found.failure, Failure::kSeveralContainers);
  EXPECT_EQ(found.claim.pod_uid.value, "u-1");
  EXPECT_EQ(found.containers.value.size(), 2U);
}

TEST(CriLookup, LeadsToTheContainerThatIsNamed) {
  const FakeRuntime runtime;
  EXPECT_EQ(CriLookup(runtime, "").look_up(kBox, "box").failure, Failure::kNone);
  EXPECT_EQ(CriLookup(runtime, "").look_up(kBox, "logger").failure, Failure::kNoSuchContainer);
}

TEST(CriLookup, KeepsToTheNamedNamespace) {
  EXPECT_EQ(FakeRuntime().look_up("ns").failure, Failure::kNone);
  EXPECT_EQ(FakeRuntime().look_up("other").failure, Failure::kNoSuchBox);
}

}  // namespace
}  // namespace zomg::resolver
