#include "tests/unit/monitor/login/test_certificate.h"

#include "common/ssh/ssh_wire.h"

namespace zomg::monitor {
namespace {

std::string pack(const TestCertificate::Options& options) {
  common::WireWriter writer;
  for (const auto& [name, data] : options) writer.string(name).string(data);
  return writer.bytes();
}

std::string pack(const std::vector<std::string>& strings) {
  common::WireWriter writer;
  for (const std::string& string : strings) writer.string(string);
  return writer.bytes();
}

common::WireWriter& put_uint64(common::WireWriter& writer, std::uint64_t value) {
  return writer.uint32(static_cast<std::uint32_t>(value >> 32))
      .uint32(static_cast<std::uint32_t>(value));
}

}  // namespace

std::string certificate_type(std::string_view key_type) {
  constexpr std::string_view kDomain = "@openssh.com";
  if (key_type.ends_with(kDomain)) key_type.remove_suffix(kDomain.size());
  return std::string(key_type) + "-cert-v01@openssh.com";
}

std::string TestCertificate::string_data(std::string_view text) {
  common::WireWriter writer;
  return writer.string(text).bytes();
}

std::string TestCertificate::blob(const TestKey& key, const TestKey& authority) const {
  return blob(key, authority, authority);
}

std::string TestCertificate::blob(const TestKey& key, const TestKey& authority,
                                  const TestKey& named) const {
  common::WireWriter writer;
  writer.string(certificate_type(key.type())).string(std::string(32, 'n'));
  writer.raw(std::string_view(key.blob()).substr(4 + key.type().size()));
  put_uint64(writer, serial).uint32(certified_as).string(key_id).string(pack(principals));
  put_uint64(writer, valid_after);
  put_uint64(writer, valid_before);
  writer.string(pack(critical_options)).string(pack(extensions)).string("").string(named.blob());
  std::string signer = algorithm;
  if (signer.empty()) signer = authority.type() == "ssh-rsa" ? "rsa-sha2-512" : authority.type();
  writer.string(authority.sign(signer, writer.bytes()));
  return writer.bytes();
}

}  // namespace zomg::monitor
