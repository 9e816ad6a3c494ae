#include "monitor/keys/private_key_file.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <array>

#include "common/base/quoted.h"
#include "common/ssh/base64.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::monitor {
namespace {

using common::Result;

constexpr std::string_view kBegin = "-----BEGIN OPENSSH PRIVATE KEY-----";
constexpr std::string_view kEnd = "-----END OPENSSH PRIVATE KEY-----";
constexpr std::string_view kMagic{"openssh-key-v1\0", 15};
constexpr std::string_view kKeyType = "ssh-ed25519";
constexpr std::size_t kHalfBytes = 32;

/// A string of secrets that wipes itself.
struct Secret {
  std::string value;
  ~Secret() { wipe(value); }
};

std::string without_line_ends(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c != '\n' && c != '\r') out += c;
  }
  return out;
}

bool read_private_section(std::string_view section, Ed25519KeyPair& key) {
  common::WireReader reader(section);
  std::uint32_t check1 = 0;
  std::uint32_t check2 = 0;
  std::string_view type;
  std::string_view public_half;
  std::string_view both;
  std::string_view comment;
  if (!reader.uint32(check1) || !reader.uint32(check2) || check1 != check2 ||
      !reader.string(type) || type != kKeyType || !reader.string(public_half) ||
      !reader.string(both) || !reader.string(comment)) {
    return false;
  }
  if (public_half.size() != kHalfBytes || both.size() != 2 * kHalfBytes ||
      both.substr(kHalfBytes) != public_half) {
    return false;
  }
  key.seed = both.substr(0, kHalfBytes);
  key.public_half = public_half;
  return true;
}

}  // namespace

void wipe(std::string& secret) {
  OPENSSL_cleanse(secret.data(), secret.size());
  secret.clear();
}

Ed25519KeyPair::~Ed25519KeyPair() {
  wipe(seed);
}

Result<Ed25519KeyPair> parse_private_key(std::string_view text) {
  const std::size_t begin = text.find(kBegin);
  const std::size_t end = text.find(kEnd);
  if (begin == std::string_view::npos || end == std::string_view::npos || end < begin) {
    return common::error("not a private key in OpenSSH's format");
  }
  Secret body{without_line_ends(text.substr(begin + kBegin.size(), end - begin - kBegin.size()))};
  auto decoded = common::decode_base64(body.value);
  Secret bytes{decoded ? std::move(*decoded) : std::string()};
  common::WireReader reader(bytes.value);
  std::string_view magic;
  std::string_view cipher;
  std::string_view kdf;
  std::string_view kdf_options;
  std::uint32_t key_count = 0;
  std::string_view public_blob;
  std::string_view section;
  if (!reader.raw(kMagic.size(), magic) || magic != kMagic || !reader.string(cipher) ||
      !reader.string(kdf) || !reader.string(kdf_options) || !reader.uint32(key_count) ||
      key_count != 1 || !reader.string(public_blob) || !reader.string(section)) {
    return common::error("the private key is damaged");
  }
  if (cipher != "none") return common::error("the private key is encrypted with a passphrase");
  std::string_view type;
  if (common::WireReader(public_blob).string(type) && type != kKeyType) {
    return common::error("the private key is of type {}, not {}", common::quoted(type), kKeyType);
  }
  Ed25519KeyPair key;
  if (!read_private_section(section, key)) return common::error("the private key is damaged");
  return key;
}

std::string format_private_key(const Ed25519KeyPair& key, std::string_view comment) {
  common::WireWriter public_blob;
  public_blob.string(kKeyType).string(key.public_half);
  std::uint32_t check = 0;
  CHECK(RAND_bytes(reinterpret_cast<unsigned char*>(&check), sizeof(check)) == 1);
  Secret both{key.seed + key.public_half};
  common::WireWriter section;
  section.uint32(check).uint32(check).string(kKeyType).string(key.public_half).string(both.value);
  section.string(comment);
  // PROTOCOL.key: padded with 1, 2, 3 … to the cipher's block size, 8 for "none".
  for (std::uint8_t pad = 1; section.bytes().size() % 8 != 0; ++pad) section.byte(pad);
  common::WireWriter file;
  file.raw(kMagic).string("none").string("none").string("").uint32(1);
  file.string(public_blob.bytes()).string(section.bytes());

  const std::string body = common::encode_base64(file.bytes());
  std::string text(kBegin);
  constexpr std::size_t kLine = 70;
  for (std::size_t at = 0; at < body.size(); at += kLine) text += "\n" + body.substr(at, kLine);
  text += "\n";
  text += kEnd;
  text += "\n";
  return text;
}

}  // namespace zomg::monitor
