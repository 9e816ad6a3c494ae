#pragma once

#include "common/messages/kubernetes.h"
#include "monitor/check/findings.h"
#include "monitor/settings/capacity.h"
#include "monitor/settings/settings.h"

namespace zomg::monitor::check {

/// The settings: each problem, and variables of the environment that look misspelt.
void check_settings(const SettingsReport& report, const std::vector<std::string>& variables,
                    Findings& findings);

/// Whether one key could take all that others need.
void check_capacity(const Capacity& capacity, Findings& findings);

/// The host key, and the keys that may log in.
void check_keys(const Settings& settings, Findings& findings);

/// The accounts, the programs beside ours, the addresses to listen on, the runtime's socket, and what
/// memory as many connections take as there can be.
void check_surroundings(const Settings& settings, const Capacity& capacity, Findings& findings);

/// kubectl, and what zomg-ssh-kubernetes finds out: whether the API server answers, and what it
/// lets the gateway do. Nothing where the settings do not want the API.
void check_cluster(const Settings& settings, const Environment& environment, Findings& findings);

/// The part of it that is about an answer of zomg-ssh-kubernetes.
void report_cluster(const messages::ClusterExamined& examined, const Settings& settings,
                    Findings& findings);

/// What the programs around libraries of others do for a gateway, in their sandboxes: a lookup at the
/// runtime, a scrape where metrics are wanted, a fetch from GitHub where there are users of it.
void check_own_work(const Settings& settings, Findings& findings);

/// The system calls that sandboxes have refused, by what the programs logged.
void report_refused_calls(std::string_view log, Findings& findings);

/// Those resource limits, and being root, with the capabilities that entering a box takes.
void check_privileges(const ResourceLimits& limits, Findings& findings);

/// The system calls that we rest on, and the mounts of the cgroup hierarchies.
void check_kernel(Findings& findings);

/// All of them, in this order.
Findings run_checks(const Environment& environment, const FileReader& read_file,
                    const std::vector<std::string>& variables);

}  // namespace zomg::monitor::check
