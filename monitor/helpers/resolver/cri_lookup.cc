#include "monitor/helpers/resolver/cri_lookup.h"

#include "common/base/log.h"
#include "common/base/quoted.h"
#include "monitor/helpers/lookup/object_name.h"
#include "monitor/helpers/resolver/container/box_environment.h"
#include "monitor/helpers/resolver/container/container_choice.h"
#include "monitor/helpers/resolver/container/container_info.h"
#include "monitor/helpers/resolver/cri/cri_choice.h"

namespace zomg::resolver {
namespace {

using common::Failure;

/// What stopped a lookup. An empty line is not logged.
struct Stop {
  Failure failure;
  std::string line;
};

Stop stopped(const common::Error& error) {
  const bool gone = error.errno_value == ENOENT;
  return {gone ? Failure::kBoxNotReady : Failure::kLookupFailed, error.message};
}

Stop refused(const SandboxChoice& choice) {
  if (choice.failure != Failure::kAmbiguousNamespace) return {choice.failure, ""};
  const auto& [one, other] = choice.rivals;
  return {choice.failure,
          fmt::format("pods {}/{} and {}/{} both claim to be it; set "
                      "ZOMG_SSH_NAMESPACE to the right namespace",
                      common::quoted(one->kubernetes_namespace), common::quoted(one->pod),
                      common::quoted(other->kubernetes_namespace), common::quoted(other->pod))};
}

common::Result<void> check_pod(const Sandbox& sandbox) {
  for (const std::string* name : {&sandbox.kubernetes_namespace, &sandbox.pod}) {
    if (auto checked = lookup::check_object_name(*name); !checked) return checked;
  }
  return {};
}

common::Result<void> check_container(const Container& container) {
  if (auto checked = check_container_id(container.id); !checked) return checked;
  return lookup::check_object_name(container.name);
}

/// One lookup under way: each step leaves what the next one needs, or `stop`.
class Steps {
 public:
  Steps(const Cri& cri, const BoxName& box, const std::string& container,
        const std::string& kubernetes_namespace, SeccompFilterCache& seccomp_filters)
      : cri_(cri),
        box_(box),
        container_(container),
        kubernetes_namespace_(kubernetes_namespace),
        seccomp_filters_(seccomp_filters) {}

  bool run() { return find_sandbox() && find_container() && read_details(); }
  const Stop& stop() const { return stop_; }
  FoundBox take() { return std::move(found_); }
  /// What is known of the pod where no container was found.
  FoundBox take_pod() {
    FoundBox pod;
    pod.claim.kubernetes_namespace = std::move(found_.claim.kubernetes_namespace);
    pod.claim.pod = std::move(found_.claim.pod);
    pod.claim.pod_uid = std::move(found_.claim.pod_uid);
    pod.containers = std::move(found_.containers);
    return pod;
  }

 private:
  bool end(Stop stop) {
    stop_ = std::move(stop);
    return false;
  }

  bool find_sandbox() {
    const auto sandboxes = cri_.list_sandboxes(box_);
    if (!sandboxes) return end(stopped(sandboxes.error()));
    const SandboxChoice choice = choose_sandbox(*sandboxes, box_, kubernetes_namespace_);
    if (choice.sandbox == nullptr) return end(refused(choice));
    sandbox_ = *choice.sandbox;
    if (choice.candidates > 1) {
      log::info("{}: {} ready pods in namespace {}; the newest, {}, is taken", box_.text(),
                choice.candidates, common::quoted(sandbox_.kubernetes_namespace),
                common::quoted(sandbox_.pod));
    }
    return true;
  }

  bool find_container() {
    const auto containers = cri_.list_containers(sandbox_.id);
    if (!containers) return end(stopped(containers.error()));
    if (auto checked = check_pod(sandbox_); !checked) return end(stopped(checked.error()));
    const ContainerChoice choice = choose_container(
        *containers, sandbox_, container_, [this](const Container& one) { return end_of(one); });
    found_.claim.kubernetes_namespace = std::string_view(sandbox_.kubernetes_namespace);
    found_.claim.pod = std::string_view(sandbox_.pod);
    // For the audit trail; a name with no bound in the API, so one that is too long is left out.
    if (sandbox_.pod_uid.size() <= limits::kMaxPodUidBytes) {
      found_.claim.pod_uid = std::string_view(sandbox_.pod_uid);
    }
    if (choice.container == nullptr) {
      found_.containers = lookup::container_names(choice.names);
      return end({choice.failure,
                  fmt::format("pod {}/{}: {}", common::quoted(sandbox_.kubernetes_namespace),
                              common::quoted(sandbox_.pod), happening(choice.failure))});
    }
    if (auto checked = check_container(*choice.container); !checked) {
      return end(stopped(checked.error()));
    }
    found_.claim.container_id = std::string_view(choice.container->id);
    found_.claim.container = std::string_view(choice.container->name);
    return true;
  }

  std::optional<ContainerEnd> end_of(const Container& container) const {
    const auto details = cri_.container_details(container.id);
    if (!details || details->running) return std::nullopt;
    return ContainerEnd{details->finished_at, details->exit_code};
  }

  bool read_details() {
    const auto details = cri_.container_details(found_.claim.container_id);
    if (!details) return end(stopped(details.error()));
    if (details->id != found_.claim.container_id.value) {
      return end({Failure::kLookupFailed, "the runtime answered about another container"});
    }
    if (!details->running) return end({Failure::kBoxNotReady, "its container has just stopped"});
    auto info = parse_container_info(details->info);
    if (!info) return end(stopped(info.error()));
    info->runtime.handler = sandbox_.runtime_handler;
    if (auto plain = check_plain(info->runtime); !plain) {
      return end({Failure::kNotAContainer,
                  fmt::format("pod {}/{} is not entered: {}",
                              common::quoted(sandbox_.kubernetes_namespace),
                              common::quoted(sandbox_.pod), plain.error().message)});
    }
    auto environment = make_environment(info->environment);
    if (!environment) return end({Failure::kLookupFailed, environment.error().message});
    found_.claim.pid = info->pid;
    found_.claim.umask = info->umask;
    found_.claim.record = info->record;
    found_.file = std::move(*environment);
    return info->seccomp.empty() || find_seccomp_filter(info->seccomp);
  }

  bool find_seccomp_filter(const std::string& profile) {
    auto filter = seccomp_filters_.get(profile);
    if (!filter) return end({Failure::kLookupFailed, filter.error().message});
    found_.claim.filtered = true;
    found_.claim.filter_flags = filter->flags;
    found_.seccomp_filter = std::move(filter->program);
    return true;
  }

  const Cri& cri_;
  const BoxName& box_;
  const std::string& container_;
  const std::string& kubernetes_namespace_;
  SeccompFilterCache& seccomp_filters_;
  Sandbox sandbox_;
  FoundBox found_;
  Stop stop_{Failure::kNone, ""};
};

}  // namespace

FoundBox CriLookup::look_up(const BoxName& box, const std::string& container) const {
  Steps steps(cri_, box, container, kubernetes_namespace_, seccomp_filters_);
  if (steps.run()) return steps.take();
  if (!steps.stop().line.empty()) {
    log::warning("{}: {}", box.text(), steps.stop().line);
  }
  FoundBox pod = steps.take_pod();
  pod.failure = steps.stop().failure;
  return pod;
}

}  // namespace zomg::resolver
