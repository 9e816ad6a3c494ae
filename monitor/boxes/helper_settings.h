#pragma once

#include "common/messages/connection.h"
#include "common/messages/keyring.h"
#include "common/messages/kubernetes.h"
#include "common/messages/resolver.h"
#include "monitor/base/accounts.h"
#include "monitor/boxes/cluster_access.h"
#include "monitor/settings/settings.h"

/// What each program is told first of all, from the settings.
namespace zomg::monitor {

messages::ResolverSettings resolver_settings(const Settings& settings, const Accounts& accounts);

messages::KeyringSettings keyring_settings(const Settings& settings, const Accounts& accounts);

messages::KubernetesSettings kubernetes_settings(const Settings& settings,
                                                 const ClusterAccess& cluster,
                                                 const Accounts& accounts);

/// `proxied`: the connection begins with a PROXY header.
messages::ConnectionRules connection_rules(const Settings& settings, bool proxied);

}  // namespace zomg::monitor
