#include "monitor/boxes/helper_settings.h"

#include "monitor/boxes/cri_socket_path.h"

namespace zomg::monitor {

messages::ResolverSettings resolver_settings(const Settings& settings, const Accounts& accounts) {
  const std::string socket = find_cri_socket(settings);
  return {std::string_view(socket), std::string_view(settings.kubernetes_namespace),
          accounts.resolver.uid, accounts.resolver.gid};
}

messages::KeyringSettings keyring_settings(const Settings& settings, const Accounts& accounts) {
  messages::KeyringSettings message;
  message.base_url = std::string_view(settings.github_url);
  message.ca_file = std::string_view(settings.github_ca);
  for (const GithubUser& user : settings.github_users) {
    message.users.value.emplace_back(std::string_view(user.login));
  }
  message.refresh_seconds = static_cast<std::uint32_t>(settings.keys_refresh.count());
  message.max_stale_seconds = static_cast<std::uint32_t>(settings.keys_max_stale.count());
  message.uid = accounts.keyring.uid;
  message.gid = accounts.keyring.gid;
  message.strict_modes = settings.strict_modes;
  return message;
}

messages::KubernetesSettings kubernetes_settings(const Settings& settings,
                                                 const ClusterAccess& cluster,
                                                 const Accounts& accounts) {
  return {std::string_view(cluster.kubeconfig),
          std::string_view(cluster.service_host),
          std::string_view(cluster.service_port),
          std::string_view(settings.kubernetes_namespace),
          accounts.kubernetes.uid,
          accounts.kubernetes.gid,
          settings.strict_modes};
}

messages::ConnectionRules connection_rules(const Settings& settings, bool proxied) {
  const auto number = [](auto value) { return static_cast<std::uint32_t>(value); };
  return {number(settings.login_grace_time.count()),
          number(settings.max_auth_tries),
          number(settings.max_sessions),
          number(settings.client_alive_interval.count()),
          number(settings.client_alive_count_max),
          number(settings.idle_timeout.count()),
          proxied};
}

}  // namespace zomg::monitor
