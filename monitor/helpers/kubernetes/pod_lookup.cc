#include "monitor/helpers/kubernetes/pod_lookup.h"

#include <algorithm>
#include <cerrno>

#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/base/quoted.h"
#include "monitor/helpers/kubernetes/pod_choice.h"
#include "monitor/helpers/kubernetes/server_url.h"
#include "monitor/helpers/lookup/object_name.h"

namespace zomg::kubernetes {
namespace {

using common::Failure;
using common::Result;
using lookup::BoxName;
using lookup::FoundBox;
using Clock = std::chrono::steady_clock;

constexpr int kOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kGone = 410;
constexpr int kTooManyRequests = 429;

bool is_server_failure(int status) {
  return status >= 500;
}

/// By the pods of whoever can make some.
bool is_too_large(const common::Error& error) {
  return error.errno_value == EMSGSIZE;
}

/// Of a server that answers those who ask it for pods, if not now.
bool serves(int status) {
  return status == kOk || status == kGone || status == kTooManyRequests;
}

std::chrono::microseconds microseconds_since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

std::string list_path(const BoxName& box, const std::string& kubernetes_namespace, bool cached,
                      const std::string& next) {
  std::string path = "/api/v1/";
  if (!kubernetes_namespace.empty()) {
    path += fmt::format("namespaces/{}/", percent_encoded(kubernetes_namespace));
  }
  path += fmt::format(
      "pods?limit={}&labelSelector={}", limits::kPodsPerPage,
      percent_encoded(fmt::format("zomg.ai/project={},zomg.ai/box={}", box.project, box.box)));
  // "Any version" is what the cache answers with. A page that goes on has its own.
  if (cached && next.empty()) path += "&resourceVersion=0";
  if (!next.empty()) path += "&continue=" + percent_encoded(next);
  return path;
}

/// What an operator reads about an answer that is no list.
std::string describe(const Answer& answer) {
  const std::string message = status_message(answer.body);
  const std::string said = message.empty() ? "" : ": " + common::quoted(message);
  switch (answer.status) {
    case kUnauthorized:
      return "401 Unauthorized: the token or client certificate is not accepted; see that it is "
             "of this cluster and has not expired" +
             said;
    case kForbidden:
      return "403 Forbidden: the gateway's account needs the verb list on pods" + said;
    case 404:
      return "404 Not Found: see that the server's address is that of a Kubernetes API" + said;
    case kTooManyRequests:
      return "429 Too Many Requests" + said;
    default:
      return fmt::format("HTTP status {}{}", answer.status, said);
  }
}

Failure failure_of(int status) {
  if (status == kUnauthorized || status == kForbidden) return Failure::kKubernetesRefused;
  if (status == kTooManyRequests) return Failure::kKubernetesBusy;
  return is_server_failure(status) ? Failure::kKubernetesUnreachable : Failure::kLookupFailed;
}

FoundBox failed(Failure failure) {
  FoundBox found;
  found.failure = failure;
  return found;
}

/// What is known of a pod, where its names are such.
Result<messages::BoxClaim> claim_of(const Pod& pod, const PodContainer* container) {
  messages::BoxClaim claim;
  claim.kubernetes_namespace = std::string_view(pod.kubernetes_namespace);
  claim.pod = std::string_view(pod.name);
  // For the audit trail, as in CriLookup.
  if (pod.uid.size() <= limits::kMaxPodUidBytes) claim.pod_uid = std::string_view(pod.uid);
  if (container != nullptr) claim.container = std::string_view(container->name);
  for (const std::string* name : {&claim.kubernetes_namespace.value, &claim.pod.value}) {
    if (auto checked = lookup::check_object_name(*name); !checked) return checked.error();
  }
  if (container != nullptr) {
    if (auto checked = lookup::check_object_name(container->name); !checked) return checked.error();
  }
  return claim;
}

}  // namespace

Result<Answer> PodLookup::get(const std::string& path, Conduct& server) const {
  std::chrono::milliseconds delay = limits::kKubernetesRetryDelay;
  for (unsigned tries = 1;; ++tries) {
    const auto asked = Clock::now();
    auto answer = api_.get(path);
    if (answer) server.slowest = std::max(server.slowest, microseconds_since(asked));
    const bool again = answer
                           ? answer->status == kTooManyRequests || is_server_failure(answer->status)
                           : !is_too_large(answer.error());
    if (!again || tries == limits::kKubernetesTries) return answer;
    std::chrono::milliseconds wait = delay;
    if (answer && answer->retry_after) {
      wait = std::min<std::chrono::milliseconds>(*answer->retry_after,
                                                 limits::kMaxKubernetesRetryAfter);
    }
    options_.sleep(wait);
    delay *= 2;
  }
}

PodLookup::Listed PodLookup::list_in(const BoxName& box, const std::string& kubernetes_namespace,
                                     Source source, Conduct& server) const {
  Listed listed;
  std::string next;
  unsigned restarts = 0;
  for (unsigned page = 0; page < limits::kMaxPodPages; ++page) {
    const auto answer =
        get(list_path(box, kubernetes_namespace, source == Source::kCache, next), server);
    server.fails = answer ? !serves(answer->status) : !is_too_large(answer.error());
    if (!answer) {
      log::warning("{}: the Kubernetes API: {}", box.text(), answer.error().message);
      return {server.fails ? Failure::kKubernetesUnreachable : Failure::kLookupFailed, 0, {}, {}};
    }
    if (answer->status == kGone && restarts++ < limits::kMaxListRestarts) {
      // The list changed under us for too long: what was read of it is worth nothing.
      listed.pods.clear();
      next.clear();
      continue;
    }
    if (answer->status != kOk) {
      log::warning("{}: the Kubernetes API: {}", box.text(), describe(*answer));
      return {failure_of(answer->status), answer->status, {}, {}};
    }
    auto parsed = parse_pod_list(answer->body);
    if (!parsed) {
      server.fails = true;
      log::warning("{}: the Kubernetes API: {}", box.text(), parsed.error().message);
      return {Failure::kLookupFailed, kOk, {}, {}};
    }
    std::move(parsed->pods.begin(), parsed->pods.end(), std::back_inserter(listed.pods));
    if (parsed->next.empty()) return listed;
    next = std::move(parsed->next);
  }
  log::warning("{}: more pods have these labels than one lookup reads", box.text());
  return {Failure::kLookupFailed, kOk, {}, {}};
}

FoundBox PodLookup::choose(const BoxName& box, const std::string& container,
                           const Listed& listed) const {
  const PodChoice choice = choose_pod(listed.pods, box, container, options_.kubernetes_namespace);
  if (choice.failure == Failure::kAmbiguousNamespace) {
    log::warning(
        "{}: pods {}/{} and {}/{} both claim to be it; set ZOMG_SSH_NAMESPACE to the right "
        "namespace",
        box.text(), common::quoted(choice.rivals[0]->kubernetes_namespace),
        common::quoted(choice.rivals[0]->name),
        common::quoted(choice.rivals[1]->kubernetes_namespace),
        common::quoted(choice.rivals[1]->name));
  }
  FoundBox found = failed(choice.failure);
  if (choice.pod == nullptr) {
    found.claim.kubernetes_namespace = std::string_view(listed.kubernetes_namespace);
    return found;
  }
  const Pod& pod = *choice.pod;
  auto claim = claim_of(pod, choice.container);
  if (!claim) {
    log::error("{}: the API server gave a pod that has no proper name: {}", box.text(),
               claim.error().message);
    return failed(Failure::kLookupFailed);
  }
  found.claim = std::move(*claim);
  if (choice.failure != Failure::kNone) {
    log::warning("{}: pod {}/{}: {}", box.text(), common::quoted(pod.kubernetes_namespace),
                 common::quoted(pod.name), happening(choice.failure));
    const auto names = container_names(pod);
    if (choice.failure == Failure::kNoSuchContainer) {
      found.containers = lookup::container_names(names);
    }
    return found;
  }
  if (choice.candidates > 1) {
    log::info("{}: {} running pods in namespace {}; the newest, {}, is taken", box.text(),
              choice.candidates, common::quoted(pod.kubernetes_namespace),
              common::quoted(pod.name));
  }
  auto file = options_.make_file();
  if (!file) {
    log::error("{}: {}", box.text(), file.error().message);
    return failed(Failure::kLookupFailed);
  }
  found.file = std::move(*file);
  return found;
}

PodLookup::Listed PodLookup::list(const BoxName& box, Source source, Conduct& server) const {
  Listed listed = list_in(box, options_.kubernetes_namespace, source, server);
  listed.kubernetes_namespace = options_.kubernetes_namespace;
  if (listed.status == kForbidden && options_.kubernetes_namespace.empty() &&
      !options_.own_namespace.empty()) {
    log::info("{}: looking in namespace {} only, since the API server lets us look nowhere else",
              box.text(), options_.own_namespace);
    listed = list_in(box, options_.own_namespace, source, server);
    listed.kubernetes_namespace = options_.own_namespace;
  }
  return listed;
}

bool PodLookup::is_box(const BoxName& box, const std::string& container,
                       const std::vector<Pod>& pods) const {
  return choose_pod(pods, box, container, options_.kubernetes_namespace).failure == Failure::kNone;
}

FoundBox PodLookup::look_up(const BoxName& box, const std::string& container) const {
  Conduct server;
  Listed listed = list(box, Source::kCache, server);
  // A box may have become one only now. Whoever is refused one is so by the store.
  if (listed.failure == Failure::kNone && !is_box(box, container, listed.pods)) {
    listed = list(box, Source::kStore, server);
  }
  FoundBox found =
      listed.failure != Failure::kNone ? failed(listed.failure) : choose(box, container, listed);
  found.server = server;
  return found;
}

}  // namespace zomg::kubernetes
