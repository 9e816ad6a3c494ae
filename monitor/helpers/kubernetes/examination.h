#pragma once

#include <string>

#include "common/messages/kubernetes.h"
#include "monitor/helpers/kubernetes/api.h"

namespace zomg::kubernetes {

/// Whether the API server answers, and what it lets the gateway's account do: each verb that
/// lookups and sessions need, asked by a SelfSubjectAccessReview, which every account may make. In
/// `kubernetes_namespace`; when that is empty in all of them, and where pods may not be listed
/// there, in `own_namespace`. Logs what an answer was that is no verdict.
messages::ClusterExamined examine(const Api& api, const std::string& kubernetes_namespace,
                                  const std::string& own_namespace);

}  // namespace zomg::kubernetes
