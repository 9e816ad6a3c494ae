#include "sessiond/entry/hangup.h"

#include <signal.h>

namespace zomg::sessiond {
namespace {

/// Of a session with more members than this, no shell is asked whom it let go.
constexpr std::size_t kMaxMembers = 16384;
/// A process may fork while the others are read. Those that it made are found the next time.
constexpr int kKillPasses = 3;

/// The member of `group` that a process outside of it started: its leader, if that still is there.
const Member* origin_of(pid_t group, const std::map<pid_t, Member>& members) {
  const auto comes_from_outside = [&](const Member& member) {
    const auto parent = members.find(member.parent);
    return parent == members.end() || parent->second.group != group;
  };
  const auto leader = members.find(group);
  if (leader != members.end() && leader->second.group == group &&
      comes_from_outside(leader->second)) {
    return &leader->second;
  }
  for (const auto& [pid, member] : members) {
    if (member.group == group && comes_from_outside(member)) return &member;
  }
  return nullptr;
}

}  // namespace

Hangup::Members Hangup::members() const {
  Members members;
  for_each_member(proc_, session_, [&members](const Member& member, int) {
    members.emplace(member.pid, member);
    return members.size() < kMaxMembers;
  });
  return members;
}

void Hangup::look() {
  if (!terminal_) return;
  before_ = members();
  if (before_.size() == kMaxMembers) terminal_ = false;
  const auto leader = before_.find(session_);
  if (leader != before_.end()) foreground_ = leader->second.foreground;
}

bool Hangup::is_to_end(pid_t group, const Members& now) {
  if (!terminal_ || group == session_ || group == foreground_) return true;
  const auto known = decided_.find(group);
  if (known != decided_.end()) return known->second;
  decided_[group] = true;  // against a circle, which a box cannot make, but may seem to have made
  return decided_[group] = decide(group, now);
}

bool Hangup::decide(pid_t group, const Members& now) {
  const Members* members = &before_;
  const Member* origin = origin_of(group, before_);
  if (origin == nullptr) {
    members = &now;
    origin = origin_of(group, now);
  }
  const auto parent = origin == nullptr ? members->end() : members->find(origin->parent);
  if (parent == members->end()) {
    // No shell has it among its jobs any more: `(sleep 9 &)`.
    const auto leader = before_.find(session_);
    return leader == before_.end() || !leader->second.controls_jobs;
  }
  if (!is_to_end(parent->second.group, now)) return false;
  if (!parent->second.controls_jobs) return true;
  const auto alive = now.find(origin->pid);
  return alive == now.end() || alive->second.started != origin->started;
}

void Hangup::tell() {
  decided_.clear();
  const Members now = terminal_ ? members() : Members{};
  for_each_member(proc_, session_, [&](const Member& member, int process) {
    if (is_to_end(member.group, now)) {
      send_signal(process, SIGHUP);
      send_signal(process, SIGCONT);
    }
    return true;
  });
}

void Hangup::kill() {
  decided_.clear();
  const Members now = terminal_ ? members() : Members{};
  bool killed = true;
  for (int pass = 0; killed && pass < kKillPasses; ++pass) {
    killed = false;
    for_each_member(proc_, session_, [&](const Member& member, int process) {
      if (!member.ignores_hangup && is_to_end(member.group, now)) {
        send_signal(process, SIGKILL);
        killed = true;
      }
      return true;
    });
  }
}

void Hangup::kill_all() {
  for_each_member(proc_, session_, [](const Member&, int process) {
    send_signal(process, SIGKILL);
    return true;
  });
}

bool Hangup::has_others() const {
  bool found = false;
  for_each_member(proc_, session_, [&](const Member& member, int) {
    found = member.pid != session_;
    return !found;
  });
  return found;
}

bool Hangup::has_others_to_end() {
  decided_.clear();
  const Members now = members();
  for (const auto& [pid, member] : now) {
    if (pid != session_ && is_to_end(member.group, now)) return true;
  }
  return false;
}

}  // namespace zomg::sessiond
