#include "monitor/login/revocation_list.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "common/base/quoted.h"
#include "common/ssh/base64.h"
#include "common/ssh/ssh_wire.h"
#include "monitor/login/krl.h"

namespace zomg::monitor {
namespace {

using common::Result;

constexpr std::string_view kBlanks = " \t\r";

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

/// The plain key's blob on a line. Of types that may not log in anyway nothing is read but the
/// name; of a certificate the key in it counts.
Result<std::string> read_line(std::string_view line) {
  const std::string_view type = take_word(line);
  auto blob = common::decode_base64(take_word(line));
  if (!blob) return common::error("not a public key");
  common::WireReader reader(*blob);
  std::string_view name;
  if (!reader.string(name) || name != type)
    return common::error("the key is not of type {}", common::quoted(type));
  if (!find_certificate_type(type)) return std::move(*blob);
  auto certificate = Certificate::parse(*blob);
  if (!certificate) return certificate.error();
  return certificate->key.blob();
}

std::string digest(const EVP_MD* kind, std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned size = 0;
  EVP_Digest(data.data(), data.size(), bytes.data(), &size, kind, nullptr);
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

}  // namespace

void SerialRanges::add(std::uint64_t first, std::uint64_t last) {
  auto next = ranges_.upper_bound(first);
  if (next != ranges_.begin()) {
    const auto before = std::prev(next);
    // Not `last + 1 >= first`: the largest serial number has no successor.
    if (before->second >= first || before->second + 1 == first) {
      first = before->first;
      last = std::max(last, before->second);
      next = ranges_.erase(before);
    }
  }
  while (next != ranges_.end() && (next->first <= last || next->first - 1 == last)) {
    last = std::max(last, next->second);
    next = ranges_.erase(next);
  }
  ranges_.emplace(first, last);
}

bool SerialRanges::contain(std::uint64_t serial) const {
  const auto next = ranges_.upper_bound(serial);
  return next != ranges_.begin() && std::prev(next)->second >= serial;
}

Result<RevocationList> RevocationList::parse(std::string_view bytes) {
  if (is_krl(bytes)) return parse_krl(bytes);
  RevocationList list;
  for (std::size_t number = 1; !bytes.empty(); ++number) {
    const std::size_t end = bytes.find('\n');
    std::string_view line = bytes.substr(0, end);
    bytes = end == std::string_view::npos ? std::string_view() : bytes.substr(end + 1);
    line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
    if (line.empty() || line[0] == '#') continue;
    auto blob = read_line(line);
    if (!blob) return blob.error().with_context(fmt::format("line {}", number));
    list.add_key(*blob);
  }
  return list;
}

RevocationList::Certificates& RevocationList::certificates_of(std::string_view authority) {
  return certificates_[std::string(authority)];
}

bool RevocationList::revokes_key(std::string_view blob) const {
  return keys_.contains(blob) || sha1_.contains(digest(EVP_sha1(), blob)) ||
         sha256_.contains(digest(EVP_sha256(), blob));
}

bool RevocationList::revokes_certificate(const Certificate& certificate) const {
  for (const std::string_view authority : {certificate.authority, std::string_view()}) {
    const auto found = certificates_.find(authority);
    if (found == certificates_.end()) continue;
    if (found->second.key_ids.contains(certificate.key_id)) return true;
    if (certificate.serial != 0 && found->second.serials.contain(certificate.serial)) return true;
  }
  return false;
}

}  // namespace zomg::monitor
