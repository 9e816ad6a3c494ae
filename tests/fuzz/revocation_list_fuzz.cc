// The file of revoked keys, as lines or as a KRL. Properties: of a list of lines that was taken
// every key is revoked, and every line is a key, a comment or blank; a KRL that was taken is whole.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/base/check.h"
#include "common/ssh/base64.h"
#include "monitor/login/krl.h"
#include "monitor/login/revocation_list.h"

namespace {

using namespace zomg;
using namespace zomg::monitor;

constexpr std::string_view kBlanks = " \t\r";

std::string_view take_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(kBlanks), line.size()));
  const std::string_view word = line.substr(0, line.find_first_of(kBlanks));
  line.remove_prefix(word.size());
  return word;
}

void check_lines(const RevocationList& list, std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    const std::string_view type = take_word(line);
    if (type.empty() || type[0] == '#') continue;
    const auto blob = common::decode_base64(take_word(line));
    CHECK(blob);
    if (!find_certificate_type(type)) {
      CHECK(list.revokes_key(*blob));
      continue;
    }
    const auto certificate = Certificate::parse(*blob);
    CHECK(certificate && list.revokes_key(certificate->key.blob()));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto list = RevocationList::parse(bytes);
  if (!list) return 0;
  if (!is_krl(bytes)) {
    check_lines(*list, bytes);
    return 0;
  }
  CHECK(!RevocationList::parse(bytes.substr(0, size - 1)));
  // Of an authority, a serial number and a key ID that the bytes themselves may well name.
  Certificate certificate;
  certificate.authority = bytes.substr(size / 2);
  certificate.serial = size;
  certificate.key_id = bytes.substr(size - std::min<std::size_t>(size, 5));
  (void)list->revokes_certificate(certificate);
  (void)list->revokes_key(certificate.authority);
  return 0;
}
