#include "monitor/resolver/sandbox.h"

#include <array>

#include "monitor/lookup/sandbox.h"

namespace zomg::resolver {
namespace {

constexpr std::array kCurlNames{"socket", "connect",  "getsockopt", "getsockname", "getpeername",
                                "sendto", "recvfrom", "poll",       "fcntl",       "socketpair"};
constexpr std::array kFilterNames{"newfstatat", "fstat"};
constexpr std::array kSocketFileNames{"newfstatat"};

constexpr std::array kSets{
    sandbox::SyscallSet{"libcurl's HTTP over a socket", kCurlNames},
    sandbox::SyscallSet{"the seccomp filter, by libseccomp into its memfd", kFilterNames},
    sandbox::SyscallSet{"whether the runtime's socket was replaced", kSocketFileNames},
};

}  // namespace

common::Result<void> enter_sandbox(const sandbox::Account& account, const CriSocket& socket) {
  return lookup::enter_sandbox({account, socket.groups(), socket.directories(), kSets});
}

}  // namespace zomg::resolver
