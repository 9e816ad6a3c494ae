#pragma once

#include <sys/resource.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <span>

#include "common/program/descriptors.h"
#include "common/sandbox/seccomp/seccomp.h"

namespace zomg::program {

enum class Network : std::uint8_t {
  kInherited,
  kNone,  ///< a namespace with nothing in it
};

enum class Pids : std::uint8_t {
  kInherited,
  kOwn,  ///< the first process of a namespace, which its privileged part enters (pid_namespace.h)
};

/// Any but kInherited is read-only, with mount, IPC and UTS namespaces of its own (root.h).
enum class Root : std::uint8_t {
  kInherited,
  kEmpty,
  kOfPlace,  ///< with Place::directories and Place::files, or empty where there are none
};

enum class User : std::uint8_t {
  kSame,           ///< who it is; as root without any capability
  kAccount,        ///< Place::account
  kAccountIfRoot,  ///< the same where root starts it, else who it is
};

/// By which user the kernel counts what it hands out (counted_apart.h).
enum class Counted : std::uint8_t {
  kByAccount,
  kApart,
  kAsOwnUser,  ///< which it is all over: for who executes programs
};

/// A limit, soft and hard, in its unit (setrlimit(2)).
struct Limit {
  __rlimit_resource_t resource;
  rlim_t value;
  /// Not 0: this where the process is not a user of its own, and so shares it with others.
  rlim_t shared = 0;
};

/// What one of our programs is, and all that is left to it once it serves. Rows are constants, each in the
/// `sandbox.cc` of its program; confinement.h makes them true. docs/design/processes.md has them as a table,
/// which tests/unit/programs compares.
struct Row {
  const char* name;  ///< in the log
  const char*
      short_name;  ///< in ps, which shows 15 bytes: started by descriptor, it would be a number
  std::span<const int> ignored_signals = {};
  /// At its start.
  std::span<const Descriptor> descriptors = {};
  Network network = Network::kNone;
  Pids pids = Pids::kInherited;
  Root root = Root::kEmpty;
  User user = User::kAccount;
  Counted counted = Counted::kByAccount;
  bool starts_threads = false;
  /// Killed when who started it ends.
  bool ends_with_parent = false;
  std::span<const Limit> limits = {};
  std::span<const sandbox::SyscallSet* const> calls = {};
  /// What becomes of any other call.
  sandbox::DeniedAction otherwise = sandbox::DeniedAction::kKill;
};

/// The end of a pipe or socket is an error to handle.
inline constexpr std::array kBrokenPipe{SIGPIPE};
/// What ends the gateway does not end these, which serve until the monitor ends.
inline constexpr std::array kUntilItsEnd{SIGPIPE, SIGINT, SIGTERM, SIGHUP};
/// The same of who writes files: one at its greatest size is as a full disk.
inline constexpr std::array kUntilItsEndToFiles{SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGXFSZ};

}  // namespace zomg::program
