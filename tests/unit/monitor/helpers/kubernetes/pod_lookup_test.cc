#include "monitor/helpers/kubernetes/pod_lookup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>
#include <thread>

#include "common/base/limits.h"
#include "monitor/helpers/lookup/sealed_file.h"

namespace zomg::kubernetes {
namespace {

using common::Failure;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

std::string item(const std::string& name, const std::string& kubernetes_namespace = "n") {
  return R"({"metadata":{"uid":"u-1","name":")" + name + R"(","namespace":")" +
         kubernetes_namespace + R"(","labels":{"zomg.ai/project":"demo","zomg.ai/box":"box1"},)" +
         R"("creationTimestamp":"2026-01-01T00:00:00Z"},"spec":{"containers":[{"name":"box"}]},)" +
         R"("status":{"conditions":[{"type":"Ready","status":"False"}],"containerStatuses":)" +
         R"([{"name":"box","state":{"running":{}}}]}})";
}

Answer page(const std::string& items, const std::string& next = "") {
  return {200,
          R"({"kind":"PodList","metadata":{"continue":")" + next + R"("},"items":[)" + items + "]}",
          {}};
}

Answer refusal(int status) {
  return {status, R"({"kind":"Status","message":"said the server"})", {}};
}

/// Gives prepared answers, the last one for ever, and remembers what it was asked.
class FakeApi : public Api {
 public:
  common::Result<Answer> get(const std::string& path) const override {
    asked.push_back(path);
    if (asked.size() <= takes.size()) std::this_thread::sleep_for(takes[asked.size() - 1]);
    auto answer = answers.front();
    if (answers.size() > 1) answers.pop_front();
    return answer;
  }
  common::Result<Answer> post(const std::string&, const std::string&) const override {
    return common::error("a lookup posts nothing");
  }
  mutable std::deque<common::Result<Answer>> answers;
  mutable std::vector<std::string> asked;
  /// How long it takes for the first ones.
  std::vector<milliseconds> takes;
};

class PodLookupTest : public testing::Test {
 protected:
  lookup::FoundBox look_up(const lookup::BoxName& box = {"demo", "box1"}) {
    return PodLookup(api_, {kubernetes_namespace_, own_namespace_,
                            [] { return lookup::make_sealed_file("t", "k"); },
                            [this](milliseconds time) { slept_.push_back(time); }})
        .look_up(box, container_);
  }

  FakeApi api_;
  std::string container_;
  std::string kubernetes_namespace_;
  std::string own_namespace_;
  std::vector<milliseconds> slept_;
};

TEST_F(PodLookupTest, NamesTheContainersWhereTheWantedOneIsNone) {
  api_.answers = {page(item("pod"))};
  container_ = "logger";
  const auto found = look_up();
  EXPECT_EQ(found.failure, Failure::kNoSuchContainer);
  ASSERT_EQ(found.containers.value.size(), 1U);
  EXPECT_EQ(found.containers.value[0].value, "box");
}

TEST_F(PodLookupTest, TellsWhereItLookedInVain) {
  api_.answers = {refusal(403), page(""), refusal(403), page("")};
  own_namespace_ = "own";
  const auto found = look_up();
  EXPECT_EQ(found.failure, Failure::kNoSuchBox);
  EXPECT_EQ(found.claim.kubernetes_namespace.value, "own");
}

TEST_F(PodLookupTest, FindsThePodByItsLabels) {
  api_.answers = {page(item("pod"))};
  const auto found = look_up();
  EXPECT_EQ(found.failure, Failure::kNone);
  EXPECT_EQ(found.claim.pod.value, "pod");
  EXPECT_EQ(found.claim.kubernetes_namespace.value, "n");
  EXPECT_EQ(found.claim.container.value, "box");
  EXPECT_EQ(found.claim.pod_uid.value, "u-1");
  EXPECT_EQ(found.claim.pid, 0);
  EXPECT_TRUE(found.file);
  EXPECT_THAT(api_.asked, ElementsAre("/api/v1/pods?limit=100&labelSelector="
                                      "zomg.ai%2Fproject%3Ddemo%2Czomg.ai%2Fbox%3Dbox1"
                                      "&resourceVersion=0"));
}

TEST_F(PodLookupTest, AsksTheStoreForABoxThatTheCacheDoesNotHaveYet) {
  api_.answers = {page(""), page(item("pod"))};
  EXPECT_EQ(look_up().claim.pod.value, "pod");
  ASSERT_EQ(api_.asked.size(), 2U);
  EXPECT_THAT(api_.asked[1], Not(HasSubstr("resourceVersion")));
}

TEST_F(PodLookupTest, SaysNoOnlyOnTheStoresWord) {
  api_.answers = {page(item("one", "a") + "," + item("two", "b")), page(item("two", "b"))};
  EXPECT_EQ(look_up().claim.kubernetes_namespace.value, "b");
  api_.answers = {page("")};
  api_.asked.clear();
  EXPECT_EQ(look_up().failure, Failure::kNoSuchBox);
  EXPECT_EQ(api_.asked.size(), 2U);
}

TEST_F(PodLookupTest, AsksForOneNamespaceOnly) {
  kubernetes_namespace_ = "team";
  api_.answers = {page(item("pod"))};  // of another, which a server would not send
  EXPECT_EQ(look_up().failure, Failure::kNoSuchBox);
  EXPECT_THAT(api_.asked.at(0), HasSubstr("/api/v1/namespaces/team/pods?"));
}

TEST_F(PodLookupTest, EscapesWhateverANameHolds) {
  api_.answers = {page("")};
  look_up({"a,b=c&limit=0", "x' in (y)/../\n"});
  EXPECT_THAT(api_.asked.at(0), Not(HasSubstr("&limit=0")));
  EXPECT_THAT(api_.asked.at(0), Not(HasSubstr("/../")));
}

TEST_F(PodLookupTest, ReadsEveryPage) {
  // Once of the cache, once of the store.
  api_.answers = {page(item("one"), "t/1"), page(item("two", "stranger")), page(item("one"), "t/1"),
                  page(item("two", "stranger"))};
  EXPECT_EQ(look_up().failure, Failure::kAmbiguousNamespace);
  EXPECT_THAT(api_.asked.at(1), HasSubstr("&continue=t%2F1"));
  EXPECT_THAT(api_.asked.at(1), Not(HasSubstr("resourceVersion")));
}

TEST_F(PodLookupTest, GivesUpOnAListWithoutEnd) {
  api_.answers = {page("", "again")};
  EXPECT_EQ(look_up().failure, Failure::kLookupFailed);
  EXPECT_EQ(api_.asked.size(), limits::kMaxPodPages);
}

TEST_F(PodLookupTest, BeginsAgainWhenTheListExpired) {
  api_.answers = {page(item("one"), "t"), refusal(410), page(item("two"))};
  EXPECT_EQ(look_up().claim.pod.value, "two");
  EXPECT_THAT(api_.asked.at(2), Not(HasSubstr("continue")));
}

TEST_F(PodLookupTest, DoesNotBeginAgainForEver) {
  api_.answers = {refusal(410)};
  EXPECT_EQ(look_up().failure, Failure::kLookupFailed);
  EXPECT_EQ(api_.asked.size(), limits::kMaxListRestarts + 1);
}

TEST_F(PodLookupTest, DoesNotAskAgainWhenRefused) {
  for (const int status : {401, 403}) {
    api_.asked.clear();
    api_.answers = {refusal(status)};
    EXPECT_EQ(look_up().failure, Failure::kKubernetesRefused);
    EXPECT_EQ(api_.asked.size(), 1U);
  }
}

TEST_F(PodLookupTest, LooksInItsOwnNamespaceWhereItMayLookNowhereElse) {
  own_namespace_ = "n";
  api_.answers = {refusal(403), page(item("pod"))};
  EXPECT_EQ(look_up().claim.pod.value, "pod");
  EXPECT_THAT(api_.asked.at(1), HasSubstr("/namespaces/n/pods"));
}

TEST_F(PodLookupTest, ANamespaceThatWasSetIsNotLeft) {
  kubernetes_namespace_ = "team";
  own_namespace_ = "n";
  api_.answers = {refusal(403), page(item("pod"))};
  EXPECT_EQ(look_up().failure, Failure::kKubernetesRefused);
}

TEST_F(PodLookupTest, TriesAFailingServerAgain) {
  api_.answers = {refusal(500), common::error("refused"), page(item("pod"))};
  EXPECT_EQ(look_up().claim.pod.value, "pod");
  EXPECT_THAT(slept_,
              ElementsAre(limits::kKubernetesRetryDelay, 2 * limits::kKubernetesRetryDelay));
}

TEST_F(PodLookupTest, GivesUpOnAServerThatStaysDown) {
  api_.answers = {common::error("connection refused")};
  EXPECT_EQ(look_up().failure, Failure::kKubernetesUnreachable);
  EXPECT_EQ(api_.asked.size(), limits::kKubernetesTries);
  api_.answers = {refusal(503)};
  EXPECT_EQ(look_up().failure, Failure::kKubernetesUnreachable);
}

TEST_F(PodLookupTest, WaitsAsLongAsABusyServerAsksFor) {
  Answer busy = refusal(429);
  busy.retry_after = std::chrono::seconds(2);
  Answer very_busy = refusal(429);
  very_busy.retry_after = std::chrono::hours(1);
  api_.answers = {busy, very_busy, busy};
  EXPECT_EQ(look_up().failure, Failure::kKubernetesBusy);
  EXPECT_THAT(slept_,
              ElementsAre(milliseconds(2000), milliseconds(limits::kMaxKubernetesRetryAfter)));
}

/// A user can bring about what does not.
TEST_F(PodLookupTest, TellsAServerThatFailsFromOneThatDoesNot) {
  for (const Answer& fine :
       {page(""), page("", "again"), refusal(429), refusal(410), page(item("pod"))}) {
    api_.answers = {fine};
    EXPECT_FALSE(look_up().server.fails) << fine.status;
  }
  for (const Answer& failure :
       {refusal(500), refusal(401), refusal(403), refusal(404), Answer{200, "<html>", {}}}) {
    api_.answers = {failure};
    EXPECT_TRUE(look_up().server.fails) << failure.status;
  }
  api_.answers = {common::error("connection refused")};
  EXPECT_TRUE(look_up().server.fails);
  api_.answers = {common::Error{"too large", EMSGSIZE}};
  const auto too_large = look_up();
  EXPECT_FALSE(too_large.server.fails);
  EXPECT_EQ(too_large.failure, Failure::kLookupFailed);
  api_.answers = {refusal(500), page(item("pod"))};
  EXPECT_FALSE(look_up().server.fails);
}

TEST_F(PodLookupTest, TellsWhatTheServersSlowestAnswerTook) {
  api_.answers = {refusal(429), page(item("one"), "t"), page(item("two"))};
  api_.takes = {milliseconds(1), milliseconds(30), milliseconds(1)};
  const auto slowest = look_up().server.slowest;
  EXPECT_GE(slowest, milliseconds(30));
  EXPECT_LT(slowest, milliseconds(250)) << "with what it waited between two tries";
}

TEST_F(PodLookupTest, TakesNoAnswerThatIsNotKubernetes) {
  api_.answers = {refusal(404)};
  EXPECT_EQ(look_up().failure, Failure::kLookupFailed);
  api_.answers = {Answer{200, "<html>", {}}};
  EXPECT_EQ(look_up().failure, Failure::kLookupFailed);
  api_.answers = {Answer{302, "", {}}};
  EXPECT_EQ(look_up().failure, Failure::kLookupFailed);
}

TEST_F(PodLookupTest, TakesNoNameThatCouldBeAnOption) {
  api_.answers = {page(item("--kubeconfig=x"))};
  const auto found = look_up();
  EXPECT_EQ(found.failure, Failure::kLookupFailed);
  EXPECT_FALSE(found.file);
}

}  // namespace
}  // namespace zomg::kubernetes
