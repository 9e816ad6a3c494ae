#include "sessiond/box/environment.h"

#include <fmt/core.h>

namespace zomg::sessiond {
namespace {

/// As login(1) gives root, and the directories where images put their own programs.
constexpr std::string_view kDefaultPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// The variables of a session with a terminal name the terminal type that we force.
constexpr std::string_view kTerminalType = "xterm-256color";

void add_container_environment(std::string_view bytes, ProgramEnvironment& environment) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\0');
    const std::string_view entry = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos || equals == 0) continue;
    environment.set(entry.substr(0, equals), entry.substr(equals + 1));
  }
}

}  // namespace

void ProgramEnvironment::set(std::string_view name, std::string_view value) {
  std::string entry = fmt::format("{}={}", name, value);
  const auto [place, added] = places_.try_emplace(std::string(name), entries_.size());
  if (added) {
    entries_.push_back(std::move(entry));
  } else {
    entries_[place->second] = std::move(entry);
  }
}

bool ProgramEnvironment::has(std::string_view name) const {
  return places_.contains(std::string(name));
}

std::string ProgramEnvironment::get(std::string_view name) const {
  const auto place = places_.find(std::string(name));
  return place == places_.end() ? std::string() : entries_[place->second].substr(name.size() + 1);
}

ProgramEnvironment build_environment(std::string_view container_environment,
                                     const PasswdEntry& user, const std::string& shell,
                                     const messages::SessionPlan& plan,
                                     const std::string& terminal) {
  ProgramEnvironment environment;
  add_container_environment(container_environment, environment);
  if (!user.home.empty()) {
    environment.set("HOME", user.home);
  } else if (!environment.get("HOME").starts_with('/')) {
    environment.set("HOME", "/");
  }
  environment.set("USER", user.name);
  environment.set("LOGNAME", user.name);
  environment.set("SHELL", shell);
  // An image that brings programs of its own says so in PATH; only one that says nothing gets ours.
  if (!environment.has("PATH")) environment.set("PATH", kDefaultPath);
  environment.set("SSH_CLIENT", fmt::format("{} {} {}", plan.client.address.value, plan.client.port,
                                            plan.server.port));
  environment.set("SSH_CONNECTION",
                  fmt::format("{} {} {} {}", plan.client.address.value, plan.client.port,
                              plan.server.address.value, plan.server.port));
  if (!terminal.empty()) {
    environment.set("SSH_TTY", terminal);
    environment.set("TERM", kTerminalType);
  }
  for (const auto& variable : plan.environment.value) {
    environment.set(variable.name, variable.value);
  }
  return environment;
}

}  // namespace zomg::sessiond
