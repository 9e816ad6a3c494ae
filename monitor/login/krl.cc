#include "monitor/login/krl.h"

#include <cstdint>

#include "common/base/limits.h"
#include "common/ssh/ssh_wire.h"

namespace zomg::monitor {
namespace {

using common::Result;
using common::WireReader;

constexpr std::string_view kMagic("SSHKRL\n\0", 8);
constexpr std::uint32_t kFormatVersion = 1;

/// KRL_SECTION_… of PROTOCOL.krl.
enum Section : std::uint8_t { kCertificates = 1, kExplicitKey = 2, kSha1 = 3, kSha256 = 5 };
/// KRL_SECTION_CERT_… of PROTOCOL.krl.
enum CertificateSection : std::uint8_t {
  kSerialList = 0x20,
  kSerialRange = 0x21,
  kSerialBitmap = 0x22,
  kKeyId = 0x23,
};

common::Error cut_short() {
  return common::error("the revocation list is cut short");
}

Result<void> add_serials(SerialRanges& serials, std::uint64_t first, std::uint64_t last) {
  if (first > last) return common::error("a range of serial numbers that ends before it begins");
  serials.add(first, last);
  if (serials.size() > limits::kMaxRevokedSerialRanges) {
    return common::error("more than {} ranges of serial numbers", limits::kMaxRevokedSerialRanges);
  }
  return {};
}

Result<void> read_serial_list(WireReader& reader, SerialRanges& serials) {
  while (!reader.at_end()) {
    std::uint64_t serial = 0;
    if (!reader.uint64(serial)) return cut_short();
    if (auto added = add_serials(serials, serial, serial); !added) return added;
  }
  return {};
}

Result<void> read_serial_range(WireReader& reader, SerialRanges& serials) {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (!reader.uint64(first) || !reader.uint64(last) || !reader.at_end()) return cut_short();
  return add_serials(serials, first, last);
}

/// Bit n of the number stands for serial number offset + n.
Result<void> read_serial_bitmap(WireReader& reader, SerialRanges& serials) {
  std::uint64_t offset = 0;
  std::string_view bits;
  if (!reader.uint64(offset) || !reader.mpint(bits) || !reader.at_end()) return cut_short();
  const std::uint64_t count = 8 * static_cast<std::uint64_t>(bits.size());
  if (offset + count < offset) return common::error("serial numbers beyond 64 bits");
  const auto is_set = [bits](std::uint64_t n) {
    const auto byte = static_cast<unsigned char>(bits[bits.size() - 1 - n / 8]);
    return (byte >> n % 8 & 1) != 0;
  };
  for (std::uint64_t n = 0; n < count; ++n) {
    if (!is_set(n)) continue;
    const std::uint64_t first = n;
    while (n + 1 < count && is_set(n + 1)) ++n;
    if (auto added = add_serials(serials, offset + first, offset + n); !added) return added;
  }
  return {};
}

Result<void> read_key_ids(WireReader& reader, std::set<std::string, std::less<>>& key_ids) {
  while (!reader.at_end()) {
    std::string_view key_id;
    if (!reader.string(key_id)) return cut_short();
    key_ids.emplace(key_id);
  }
  return {};
}

Result<void> read_certificates(WireReader section, RevocationList& list) {
  std::string_view authority;
  std::string_view reserved;
  if (!section.string(authority) || !section.string(reserved)) return cut_short();
  RevocationList::Certificates& certificates = list.certificates_of(authority);
  while (!section.at_end()) {
    std::uint8_t type = 0;
    std::string_view body;
    if (!section.byte(type) || !section.string(body)) return cut_short();
    WireReader reader(body);
    Result<void> read = common::error("a section of certificates of unknown type {}", type);
    if (type == kSerialList) read = read_serial_list(reader, certificates.serials);
    if (type == kSerialRange) read = read_serial_range(reader, certificates.serials);
    if (type == kSerialBitmap) read = read_serial_bitmap(reader, certificates.serials);
    if (type == kKeyId) read = read_key_ids(reader, certificates.key_ids);
    if (!read) return read;
  }
  return {};
}

/// Reads strings to the end, each of `size` bytes unless that is 0.
template <typename Add>
Result<void> read_strings(WireReader section, std::size_t size, Add add) {
  while (!section.at_end()) {
    std::string_view bytes;
    if (!section.string(bytes) || (size != 0 && bytes.size() != size)) return cut_short();
    add(bytes);
  }
  return {};
}

Result<void> read_section(std::uint8_t type, std::string_view body, RevocationList& list) {
  const WireReader section(body);
  switch (type) {
    case kCertificates:
      return read_certificates(section, list);
    case kExplicitKey:
      return read_strings(section, 0, [&list](std::string_view blob) { list.add_key(blob); });
    case kSha1:
      return read_strings(section, 20, [&list](std::string_view hash) { list.add_sha1(hash); });
    case kSha256:
      return read_strings(section, 32, [&list](std::string_view hash) { list.add_sha256(hash); });
    default:
      return common::error("a section of unknown type {}", type);
  }
}

}  // namespace

bool is_krl(std::string_view bytes) {
  return bytes.starts_with(kMagic);
}

Result<RevocationList> parse_krl(std::string_view bytes) {
  WireReader reader(bytes);
  std::string_view magic;
  std::uint32_t format_version = 0;
  std::uint64_t krl_version = 0;
  std::uint64_t generated = 0;
  std::uint64_t flags = 0;
  std::string_view reserved;
  std::string_view comment;
  if (!reader.raw(kMagic.size(), magic) || magic != kMagic || !reader.uint32(format_version) ||
      !reader.uint64(krl_version) || !reader.uint64(generated) || !reader.uint64(flags) ||
      !reader.string(reserved) || !reader.string(comment)) {
    return cut_short();
  }
  if (format_version != kFormatVersion) {
    return common::error("a revocation list of format {}", format_version);
  }
  RevocationList list;
  while (!reader.at_end()) {
    std::uint8_t type = 0;
    std::string_view body;
    if (!reader.byte(type) || !reader.string(body)) return cut_short();
    if (auto read = read_section(type, body, list); !read) return read.error();
  }
  return list;
}

}  // namespace zomg::monitor
