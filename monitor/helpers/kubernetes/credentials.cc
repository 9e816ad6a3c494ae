#include "monitor/helpers/kubernetes/credentials.h"

#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <sstream>

#include "common/base/fd.h"
#include "common/base/io/bytes.h"
#include "common/base/limits.h"
#include "common/base/log.h"
#include "common/base/quoted.h"
#include "common/base/secure_path.h"
#include "monitor/helpers/kubernetes/kubeconfig_reader.h"

namespace zomg::kubernetes {
namespace {

using common::errno_error;
using common::Result;

std::string directory_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

Result<std::string> read_file(const std::string& path, common::StrictModes strict) {
  const common::Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) != 0) return errno_error("{}", common::quoted(path));
  if (!S_ISREG(status.st_mode))
    return common::error("{}: not a regular file", common::quoted(path));
  if (strict == common::StrictModes::kYes) {
    if (auto checked = common::check_secure_path(file.get(), path); !checked) {
      return checked.error();
    }
  }
  auto bytes = common::read_all(file.get(), limits::kMaxKubeconfigBytes);
  if (!bytes) return bytes.error().with_context(common::quoted(path));
  return bytes;
}

/// The certificates that Debian trusts, and who is built on it.
constexpr const char* kSystemAuthorities = "/etc/ssl/certs/ca-certificates.crt";

/// What goes on a line of a header, without the blanks around it that kubectl takes off, too.
Result<void> check_token(std::string& token) {
  constexpr const char* kBlanks = " \t\n\v\f\r";
  token.erase(token.find_last_not_of(kBlanks) + 1);
  token.erase(0, token.find_first_not_of(kBlanks));
  const bool clean =
      std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  if (!clean) return common::error("the token has characters that no token has");
  return {};
}

/// `material` itself, or the file that it names.
Result<std::string> bytes_of(const Material& material, std::vector<std::string>& files,
                             common::StrictModes strict) {
  if (material.file.empty()) return material.bytes;
  files.push_back(material.file);
  auto read = read_file(material.file, strict);
  // One that others can write is no less a fault for that.
  if (!read && !material.bytes.empty() && read.error().errno_value != common::kInsecure) {
    log::warning("{}; the token that is given beside it is used", read.error().message);
    return material.bytes;
  }
  return read;
}

/// Of a file that does not exist: that nobody but root can make it, where it would be refused, with all that
/// the others of the list say, for who owns it.
Result<void> check_place_of(std::string path) {
  constexpr int kMaxLinks = 40;
  std::array<char, PATH_MAX> target{};
  for (int links = 0; links < kMaxLinks; ++links) {
    const ssize_t size = ::readlink(path.c_str(), target.data(), target.size());
    if (size < 0) break;
    const std::string leads_to(target.data(), static_cast<std::size_t>(size));
    path = leads_to.starts_with('/') ? leads_to : directory_of(path) + "/" + leads_to;
  }
  while (path != "/") {
    path = directory_of(path);
    const common::Fd directory(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (directory) return common::check_secure_path(directory.get(), path);
    if (errno != ENOENT) return errno_error("{}", common::quoted(path));
  }
  return {};
}

/// The files of the list `kubeconfig`, which is as for kubectl, and their names in `names`: those
/// that do not exist are left out if there is another.
Result<std::vector<KubeconfigFile>> read_kubeconfig_files(const std::string& kubeconfig,
                                                          std::vector<std::string>& names,
                                                          common::StrictModes strict) {
  std::vector<KubeconfigFile> files;
  std::optional<common::Error> missing;
  std::size_t size = 0;
  std::istringstream list(kubeconfig);
  for (std::string path; std::getline(list, path, ':');) {
    if (path.empty() || std::find(names.begin(), names.end(), path) != names.end()) continue;
    names.push_back(path);
    auto text = read_file(path, strict);
    if (!text && text.error().errno_value == ENOENT) {
      missing = text.error();
      if (strict == common::StrictModes::kYes) {
        if (auto safe = check_place_of(path); !safe)
          return safe.error().with_context(missing->message);
      }
      continue;
    }
    if (!text) return text.error();
    size += text->size();
    if (size > limits::kMaxKubeconfigBytes) {
      return common::error("the files together are over {} bytes", limits::kMaxKubeconfigBytes);
    }
    files.push_back({std::move(path), std::move(*text)});
  }
  if (files.empty()) return missing.value_or(common::error("no file is named"));
  return files;
}

Result<Credentials> read_kubeconfig(const std::string& kubeconfig, const sandbox::Account& account,
                                    common::StrictModes strict) {
  Credentials read;
  auto files = read_kubeconfig_files(kubeconfig, read.files, strict);
  if (!files) return files.error().with_context("KUBECONFIG");
  auto config = parse_kubeconfig_apart(*files, account);
  if (!config) return config.error().with_context(common::quoted(kubeconfig));
  auto server = parse_server_url(config->server);
  if (!server) return server.error().with_context(common::quoted(kubeconfig));
  read.server = std::move(*server);
  read.tls_server_name = config->tls_server_name;
  read.insecure_skip_tls_verify = config->insecure_skip_tls_verify;
  read.kubernetes_namespace = config->kubernetes_namespace;
  const std::pair<const Material*, std::string*> materials[] = {
      {&config->certificate_authority, &read.certificate_authority},
      {&config->client_certificate, &read.client_certificate},
      {&config->client_key, &read.client_key},
      {&config->token, &read.token},
  };
  for (const auto& [material, bytes] : materials) {
    auto got = bytes_of(*material, read.files, strict);
    if (!got) return got.error().with_context(common::quoted(kubeconfig));
    *bytes = std::move(*got);
  }
  if (read.certificate_authority.empty() && !read.insecure_skip_tls_verify) {
    auto system = read_file(kSystemAuthorities, common::StrictModes::kNo);
    if (!system) return system.error().with_context("there is no certificate-authority");
    read.certificate_authority = std::move(*system);
  }
  return read;
}

Result<Credentials> read_service_account(const messages::KubernetesSettings& settings,
                                         const std::string& directory) {
  const common::StrictModes strict{settings.strict_modes};
  Credentials read;
  const std::string& host = settings.service_host.value;
  const bool ipv6 = host.find(':') != std::string::npos;
  auto server = parse_server_url(fmt::format("https://{}{}{}:{}", ipv6 ? "[" : "", host,
                                             ipv6 ? "]" : "", settings.service_port.value));
  if (!server) return server.error().with_context("KUBERNETES_SERVICE_HOST");
  read.server = std::move(*server);
  read.files = {directory + "/token", directory + "/ca.crt"};
  auto token = read_file(read.files[0], strict);
  if (!token) return token.error();
  read.token = std::move(*token);
  auto authority = read_file(read.files[1], strict);
  if (!authority) return authority.error();
  read.certificate_authority = std::move(*authority);
  if (auto name = read_file(directory + "/namespace", strict)) read.kubernetes_namespace = *name;
  return read;
}

}  // namespace

Result<Credentials> read_credentials(const messages::KubernetesSettings& settings,
                                     const std::string& service_account) {
  auto read = settings.kubeconfig.value.empty()
                  ? read_service_account(settings, service_account)
                  : read_kubeconfig(settings.kubeconfig.value, {settings.uid, settings.gid},
                                    common::StrictModes{settings.strict_modes});
  if (!read) return read;
  if (auto checked = check_token(read->token); !checked) return checked.error();
  if (read->client_certificate.empty() != read->client_key.empty()) {
    return common::error("a client-certificate needs a client-key, and the other way round");
  }
  if (read->token.empty() && read->client_certificate.empty()) {
    return common::error("there is neither a token nor a client certificate to log in with");
  }
  return read;
}

FileWatch::FileWatch(const std::vector<std::string>& files) {
  for (const std::string& file : files) stamps_.push_back(stamp(file));
}

FileWatch::Stamp FileWatch::stamp(const std::string& path) {
  Stamp made{path};
  made.known = ::stat(path.c_str(), &made.status) == 0;
  return made;
}

std::vector<std::string> FileWatch::directories() const {
  std::vector<std::string> directories;
  for (const Stamp& stamp : stamps_) {
    std::string directory = directory_of(stamp.path);
    // The whole file system is not shown for the sake of a file in it.
    if (directory != "/" &&
        std::find(directories.begin(), directories.end(), directory) == directories.end()) {
      directories.push_back(std::move(directory));
    }
  }
  return directories;
}

bool FileWatch::changed() const {
  return std::any_of(stamps_.begin(), stamps_.end(), [](const Stamp& then) {
    const Stamp now = stamp(then.path);
    return now.known && (!then.known || now.status.st_ino != then.status.st_ino ||
                         now.status.st_size != then.status.st_size ||
                         now.status.st_mtim.tv_sec != then.status.st_mtim.tv_sec ||
                         now.status.st_mtim.tv_nsec != then.status.st_mtim.tv_nsec);
  });
}

}  // namespace zomg::kubernetes
