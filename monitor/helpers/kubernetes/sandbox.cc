#include "monitor/helpers/kubernetes/sandbox.h"

#include "common/sandbox/seccomp/https_calls.h"
#include "monitor/helpers/lookup/confinement.h"

namespace zomg::kubernetes {
namespace {

constexpr auto kFileCalls = std::to_array<sandbox::Call>({"newfstatat", "fstat"});
constexpr auto kWaitCalls = std::to_array<sandbox::Call>({"clock_nanosleep"});
constexpr sandbox::SyscallSet kFiles{"whether a file of the credentials was replaced", kFileCalls};
constexpr sandbox::SyscallSet kWait{"before a request is tried again", kWaitCalls};
constexpr std::array kCalls{&sandbox::kRuntime,
                            &sandbox::kThreads,
                            &lookup::kChannel,
                            &lookup::kSealedFiles,
                            &sandbox::kHttps,
                            &kFiles,
                            &kWait};

}  // namespace

constinit const program::Row kRow{.name = "zomg-ssh-kubernetes",
                                  .short_name = "zomg-ssh-kubernetes",
                                  .ignored_signals = program::kBrokenPipe,
                                  .descriptors = program::kHelperDescriptors,
                                  .network = program::Network::kInherited,
                                  .root = program::Root::kOfPlace,
                                  .counted = program::Counted::kApart,
                                  .starts_threads = true,
                                  .limits = lookup::kLimits,
                                  .calls = kCalls,
                                  .otherwise = sandbox::DeniedAction::kRefuse};

}  // namespace zomg::kubernetes
