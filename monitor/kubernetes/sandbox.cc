#include "monitor/kubernetes/sandbox.h"

#include <array>

#include "monitor/lookup/sandbox.h"

namespace zomg::kubernetes {
namespace {

constexpr std::array kCurlNames{
    "socket",   "connect", "getsockopt", "setsockopt", "getsockname", "sendto", "getpeername",
    "recvfrom", "poll",    "fcntl",      "socketpair", "read",        "bind"};
constexpr std::array kFileNames{"newfstatat"};
constexpr std::array kWaitNames{"clock_nanosleep"};

constexpr std::array kSets{
    sandbox::SyscallSet{"libcurl's and OpenSSL's HTTPS", kCurlNames},
    sandbox::SyscallSet{"whether a file of the credentials was replaced", kFileNames},
    sandbox::SyscallSet{"before a request is tried again", kWaitNames},
};

}  // namespace

common::Result<void> enter_sandbox(const sandbox::Account& account,
                                   const std::vector<std::string>& directories) {
  return lookup::enter_sandbox({account, {}, directories, kSets});
}

}  // namespace zomg::kubernetes
