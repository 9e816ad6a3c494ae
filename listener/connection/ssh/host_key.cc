#include "listener/connection/ssh/host_key.h"

#include <openssl/evp.h>

#include "common/ssh/ssh_wire.h"

namespace zomg::connection::ssh {
namespace {

constexpr std::string_view kKeyType = "ssh-ed25519";
constexpr std::size_t kBlockBytes = 8;

std::string base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::string private_section(std::string_view public_key) {
  std::string seed_and_public(kDummySeed);
  seed_and_public += public_key;
  // The two check numbers only have to be the same.
  common::WireWriter section;
  section.uint32(0)
      .uint32(0)
      .string(kKeyType)
      .string(public_key)
      .string(seed_and_public)
      .string("");
  for (std::uint8_t pad = 1; section.bytes().size() % kBlockBytes != 0; ++pad) section.byte(pad);
  return section.bytes();
}

}  // namespace

std::string stand_in_host_key(std::string_view public_key) {
  common::WireWriter public_blob;
  public_blob.string(kKeyType).string(public_key);
  common::WireWriter file;
  file.raw({"openssh-key-v1\0", 15}).string("none").string("none").string("").uint32(1);
  file.string(public_blob.bytes()).string(private_section(public_key));
  return "-----BEGIN OPENSSH PRIVATE KEY-----\n" + base64(file.bytes()) +
         "\n-----END OPENSSH PRIVATE KEY-----\n";
}

}  // namespace zomg::connection::ssh
