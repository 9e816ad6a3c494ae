#include "listener/connection/sandbox.h"

#include "common/base/limits.h"
#include "common/sandbox/seccomp/connection_calls.h"
#include "common/sandbox/seccomp/newer_calls.h"

namespace zomg::connection {
namespace {

constexpr sandbox::SyscallSet kNewer{"newer libraries, in vain", sandbox::kNewerCalls};
constexpr std::array kCalls{&sandbox::kRuntime, &sandbox::kConnectionSets[0],
                            &sandbox::kConnectionSets[1], &kNewer};

constexpr std::array kDescriptors{
    program::Descriptor{0, program::Kind::kSocket, "the client"},
    program::Descriptor{1, program::Kind::kNull, "/dev/null"},
#ifdef ZOMG_SANITIZED
    program::Descriptor{2, program::Kind::kAny, "the sanitizers' reports"},
#else
    program::Descriptor{2, program::Kind::kNull, "/dev/null"},
#endif
    program::Descriptor{3, program::Kind::kSocket, "the channel to the monitor"}};

constexpr std::array kLimits{
    program::Limit{RLIMIT_NPROC, 0},
    // For each session stdin, stdout, stderr and a control socket; the socket, the IPC channel, the
    // standard three, and what one packet may bring before it is refused. Not 0: poll(2) fails then.
    program::Limit{RLIMIT_NOFILE, 4 * limits::kMaxSessionsPerConnection + 5 + 8},
    program::Limit{RLIMIT_AS, limits::kMaxConnectionMemoryBytes},
    program::Limit{RLIMIT_FSIZE, 0},
};

}  // namespace

// Sessions are told to end by their own processes, and the client has to read why.
constinit const program::Row kRow{.name = "zomg-ssh-connection",
                                  .short_name = "zomg-ssh-conn",
                                  .ignored_signals = program::kUntilItsEnd,
                                  .descriptors = kDescriptors,
                                  .network = program::Network::kInherited,
                                  .root = program::Root::kInherited,
                                  .user = program::User::kSame,
                                  .limits = kLimits,
                                  .calls = kCalls,
                                  .otherwise = sandbox::DeniedAction::kKillUnlessNoted};

}  // namespace zomg::connection
