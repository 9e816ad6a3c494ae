#include "monitor/helpers/kubernetes/sandbox.h"

#include <array>

#include "common/sandbox/seccomp/https_calls.h"
#include "monitor/helpers/lookup/sandbox.h"

namespace zomg::kubernetes {
namespace {

constexpr auto kFileCalls = std::to_array<sandbox::Call>({"newfstatat", "fstat"});
constexpr auto kWaitCalls = std::to_array<sandbox::Call>({"clock_nanosleep"});

const std::array kSets{
    sandbox::kHttps,
    sandbox::SyscallSet{"whether a file of the credentials was replaced", kFileCalls},
    sandbox::SyscallSet{"before a request is tried again", kWaitCalls},
};

}  // namespace

common::Result<void> enter_sandbox(const sandbox::Account& account,
                                   const std::vector<std::string>& directories) {
  return lookup::enter_sandbox({account, {}, directories, /*network=*/true, kSets});
}

}  // namespace zomg::kubernetes
