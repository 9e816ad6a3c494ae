#include "monitor/helpers/kubernetes/examination.h"

#include <nlohmann/json.hpp>

#include "common/base/log.h"

namespace zomg::kubernetes {
namespace {

using messages::Permission;
using nlohmann::json;

constexpr const char* kReviews = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
constexpr int kCreated = 201;
/// How deep a review nests: it is echoed, with a status of one level.
constexpr int kMaxReviewDepth = 16;

struct Verb {
  const char* verb;
  const char* subresource;  ///< of pods
  Permission messages::ClusterExamined::*answer;
};
constexpr Verb kList{"list", "", &messages::ClusterExamined::list_pods};
constexpr Verb kGet{"get", "", &messages::ClusterExamined::get_pods};
constexpr Verb kExec{"create", "exec", &messages::ClusterExamined::create_exec};
constexpr Verb kGetExec{"get", "exec", &messages::ClusterExamined::get_exec};

Permission verdict_of(const std::string& body) {
  const auto is_shallow = [](int depth, json::parse_event_t, const json&) {
    return depth <= kMaxReviewDepth;
  };
  const json review = json::parse(body, is_shallow, /*allow_exceptions=*/false);
  const json status = review.is_object() ? review.value("status", json()) : json();
  if (!status.is_object() || !status.contains("allowed") || !status["allowed"].is_boolean()) {
    return Permission::kUnknown;
  }
  return status["allowed"].get<bool>() ? Permission::kGranted : Permission::kRefused;
}

Permission review(const Api& api, const Verb& what, const std::string& kubernetes_namespace) {
  const json question{{"apiVersion", "authorization.k8s.io/v1"},
                      {"kind", "SelfSubjectAccessReview"},
                      {"spec",
                       {{"resourceAttributes",
                         {{"namespace", kubernetes_namespace},
                          {"resource", "pods"},
                          {"subresource", what.subresource},
                          {"verb", what.verb}}}}}};
  const auto answer = api.post(kReviews, question.dump());
  if (!answer) {
    log::warning("the Kubernetes API: {}", answer.error().message);
    return Permission::kUnknown;
  }
  const Permission verdict =
      answer->status == kCreated ? verdict_of(answer->body) : Permission::kUnknown;
  if (verdict == Permission::kUnknown) {
    log::warning("the Kubernetes API: HTTP status {} for a SelfSubjectAccessReview",
                 answer->status);
  }
  return verdict;
}

}  // namespace

messages::ClusterExamined examine(const Api& api, const std::string& kubernetes_namespace,
                                  const std::string& own_namespace) {
  messages::ClusterExamined found;
  const auto version = api.get("/version");
  if (!version) {
    log::warning("the Kubernetes API: {}", version.error().message);
    return found;
  }
  found.http_status = static_cast<std::uint32_t>(version->status);
  if (version->status != 200) return found;
  std::string where = kubernetes_namespace;
  found.list_pods = review(api, kList, where);
  // As PodLookup does when it is refused.
  if (found.list_pods == Permission::kRefused && where.empty() && !own_namespace.empty()) {
    const Permission there = review(api, kList, own_namespace);
    if (there == Permission::kGranted) {
      found.list_pods = there;
      found.own_namespace_only = true;
      where = own_namespace;
    }
  }
  for (const Verb& verb : {kGet, kExec, kGetExec}) {
    found.*verb.answer = review(api, verb, where);
  }
  return found;
}

}  // namespace zomg::kubernetes
