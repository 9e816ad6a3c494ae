#include "monitor/helpers/keyring/host_files.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "common/base/fd.h"
#include "common/base/io/bytes.h"
#include "common/base/limits.h"
#include "common/base/log.h"

namespace zomg::keyring {
namespace {

using common::Result;

constexpr std::array<const char*, 5> kResolverFiles{
    "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf",
};

/// Where Debian, Fedora and Alpine have the certificates that the system trusts.
constexpr std::array<const char*, 3> kCaBundles{
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/cert.pem",
};

Result<std::string> read_file(const std::string& path, std::size_t max_bytes,
                              common::StrictModes strict = common::StrictModes::kNo) {
  const common::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file) return common::errno_error("{}", path);
  if (strict == common::StrictModes::kYes) {
    if (auto checked = common::check_secure_path(file.get(), path); !checked) {
      return checked.error();
    }
  }
  auto bytes = common::read_all(file.get(), max_bytes);
  if (!bytes) return bytes.error().with_context(path);
  return bytes;
}

}  // namespace

std::vector<sandbox::RootFile> resolver_files() {
  std::vector<sandbox::RootFile> files;
  for (const char* path : kResolverFiles) {
    auto content = read_file(path, limits::kMaxResolverFileBytes);
    if (content) {
      files.push_back({path, std::move(*content)});
    } else if (content.error().errno_value != ENOENT) {
      log::warning("{}", content.error().message);
    }
  }
  return files;
}

Result<std::string> read_ca_bundle(const std::string& path, common::StrictModes strict) {
  if (!path.empty()) return read_file(path, limits::kMaxCaFileBytes, strict);
  for (const char* bundle : kCaBundles) {
    auto content = read_file(bundle, limits::kMaxCaFileBytes);
    if (content || content.error().errno_value != ENOENT) return content;
  }
  return common::error("the system has no CA certificates; install the package ca-certificates");
}

}  // namespace zomg::keyring
