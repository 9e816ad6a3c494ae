#include "monitor/helpers/kubernetes/examination.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

namespace zomg::kubernetes {
namespace {

using messages::Permission;
using testing::ElementsAre;

/// An API server that grants what `granted` has, as "namespace/verb/subresource".
class FakeReviews : public Api {
 public:
  common::Result<Answer> get(const std::string& path) const override {
    EXPECT_EQ(path, "/version");
    return version;
  }
  common::Result<Answer> post(const std::string& path, const std::string& body) const override {
    EXPECT_EQ(path, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews");
    const auto asked = nlohmann::json::parse(body).at("spec").at("resourceAttributes");
    EXPECT_EQ(asked.at("resource"), "pods");
    questions.push_back(asked.at("namespace").get<std::string>() + "/" +
                        asked.at("verb").get<std::string>() + "/" +
                        asked.at("subresource").get<std::string>());
    if (verdict) return *verdict;
    const bool allowed =
        std::find(granted.begin(), granted.end(), questions.back()) != granted.end();
    return Answer{201, nlohmann::json{{"status", {{"allowed", allowed}}}}.dump(), {}};
  }
  common::Result<Answer> version = Answer{200, "{}", {}};
  std::optional<common::Result<Answer>> verdict;
  std::vector<std::string> granted;
  mutable std::vector<std::string> questions;
};

TEST(Examination, AsksForEachVerbInAllNamespaces) {
  FakeReviews api;
  api.granted = {"/list/", "/create/exec", "/get/exec"};
  const auto found = examine(api, "", "mine");
  EXPECT_EQ(found.http_status, 200U);
  EXPECT_EQ(found.list_pods, Permission::kGranted);
  EXPECT_EQ(found.get_pods, Permission::kRefused);
  EXPECT_EQ(found.create_exec, Permission::kGranted);
  EXPECT_EQ(found.get_exec, Permission::kGranted);
  EXPECT_FALSE(found.own_namespace_only);
  EXPECT_THAT(api.questions, ElementsAre("/list/", "/get/", "/create/exec", "/get/exec"));
}

TEST(Examination, AsksInTheNamespaceThatIsSet) {
  FakeReviews api;
  EXPECT_EQ(examine(api, "boxes", "mine").list_pods, Permission::kRefused);
  EXPECT_THAT(api.questions,
              ElementsAre("boxes/list/", "boxes/get/", "boxes/create/exec", "boxes/get/exec"));
}

TEST(Examination, FallsBackOnTheAccountsOwnNamespaceAsLookupsDo) {
  FakeReviews api;
  api.granted = {"mine/list/", "mine/get/", "mine/create/exec"};
  const auto found = examine(api, "", "mine");
  EXPECT_TRUE(found.own_namespace_only);
  EXPECT_EQ(found.list_pods, Permission::kGranted);
  EXPECT_EQ(found.create_exec, Permission::kGranted);
}

TEST(Examination, AsksNothingMoreOfAServerThatDoesNotAnswerProperly) {
  FakeReviews api;
  api.version = common::error("connection refused");
  EXPECT_EQ(examine(api, "", "").http_status, 0U);
  api.version = Answer{401, "", {}};
  EXPECT_EQ(examine(api, "", "").http_status, 401U);
  EXPECT_TRUE(api.questions.empty());
}

TEST(Examination, TakesNoAnswerForAVerdictThatIsNone) {
  FakeReviews api;
  for (const char* body : {"", "[]", "{}", R"({"status":[]})", R"({"status":{"allowed":"yes"}})",
                           R"({"status":{}})"}) {
    api.verdict = Answer{201, body, {}};
    EXPECT_EQ(examine(api, "", "").list_pods, Permission::kUnknown) << body;
  }
  api.verdict = Answer{403, R"({"status":{"allowed":true}})", {}};
  EXPECT_EQ(examine(api, "", "").list_pods, Permission::kUnknown);
  api.verdict = common::error("timed out");
  EXPECT_EQ(examine(api, "", "").create_exec, Permission::kUnknown);
}

}  // namespace
}  // namespace zomg::kubernetes
