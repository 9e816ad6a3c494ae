#include "monitor/keys/host_key.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/base/fd.h"
#include "common/ssh/base64.h"
#include "common/ssh/ssh_wire.h"
#include "monitor/files/file.h"
#include "monitor/keys/private_key_file.h"

namespace zomg::monitor {
namespace {

using common::errno_error;
using common::Error;
using common::Result;

constexpr std::size_t kMaxKeyFileBytes = 64UL * 1024;
constexpr std::size_t kSignatureBytes = 64;

std::string how_to_generate(const std::string& path) {
  return fmt::format("make one with `zomg-ssh-gateway --generate-host-key {}`", path);
}

Result<void> check_mode(int fd, const std::string& path) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return errno_error("host key {}", path);
  if ((status.st_mode & 077) != 0) {
    return common::error(
        "host key {}: mode {:04o} lets others read it; run `chmod 600 {}` (in a Kubernetes secret "
        "volume: defaultMode 0400)",
        path, status.st_mode & 07777, path);
  }
  return {};
}

EvpKey key_from_seed(std::string_view seed) {
  return {EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr,
                                       reinterpret_cast<const unsigned char*>(seed.data()),
                                       seed.size()),
          EVP_PKEY_free};
}

std::string public_half_of(EVP_PKEY* key) {
  std::string half(32, '\0');
  std::size_t size = half.size();
  CHECK(EVP_PKEY_get_raw_public_key(key, reinterpret_cast<unsigned char*>(half.data()), &size) ==
        1);
  return half;
}

}  // namespace

Result<HostKey> HostKey::load(const std::string& path, common::StrictModes strict) {
  const auto file = open_file(path, common::StrictModes::kNo);
  if (!file) {
    Error failed = file.error().with_context("host key");
    if (failed.errno_value == ENOENT) failed.message += "; " + how_to_generate(path);
    return failed;
  }
  if (auto checked = check_mode(file->get(), path); !checked) return checked.error();
  if (strict == common::StrictModes::kYes) {
    auto checked = common::check_secure_path(file->get(), path);
    if (!checked) return checked.error().with_context("host key");
  }
  auto text = read_file(file->get(), kMaxKeyFileBytes);
  if (!text) return text.error().with_context("host key " + path);
  auto pair = parse_private_key(*text);
  wipe(*text);
  if (!pair) {
    return common::error("host key {}: {}; {}", path, pair.error().message, how_to_generate(path));
  }
  EvpKey key = key_from_seed(pair->seed);
  if (!key || public_half_of(key.get()) != pair->public_half) {
    return common::error("host key {}: its public half does not belong to its private half; {}",
                         path, how_to_generate(path));
  }
  return HostKey(std::move(key), pair->public_half);
}

std::string HostKey::blob() const {
  common::WireWriter writer;
  writer.string("ssh-ed25519").string(public_half_);
  return writer.bytes();
}

std::string HostKey::sign(std::string_view data) const {
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  std::string signature(kSignatureBytes, '\0');
  std::size_t size = signature.size();
  CHECK(context != nullptr);
  CHECK(EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) == 1);
  CHECK(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(data.data()), data.size()) == 1);
  return signature;
}

Result<void> generate_host_key(const std::string& path) {
  Ed25519KeyPair pair;
  pair.seed.resize(32);
  if (RAND_priv_bytes(reinterpret_cast<unsigned char*>(pair.seed.data()), 32) != 1) {
    return common::error("no random bytes from OpenSSL");
  }
  const EvpKey key = key_from_seed(pair.seed);
  CHECK(key != nullptr);
  pair.public_half = public_half_of(key.get());

  std::string text = format_private_key(pair, "zomg-ssh-gateway");
  auto written = write_new_file(path, text, 0600);
  wipe(text);
  if (!written) return written;
  common::WireWriter blob;
  blob.string("ssh-ed25519").string(pair.public_half);
  return write_new_file(
      path + ".pub", "ssh-ed25519 " + common::encode_base64(blob.bytes()) + " zomg-ssh-gateway\n",
      0644);
}

}  // namespace zomg::monitor
