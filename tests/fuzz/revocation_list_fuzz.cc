// The file of revoked keys, as lines or as a KRL. Property: reading is repeatable.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "common/check.h"
#include "monitor/revocation_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace zomg::monitor;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto list = RevocationList::parse(bytes);
  CHECK(list.has_value() == RevocationList::parse(bytes).has_value());
  if (!list) return 0;
  Certificate certificate;
  certificate.serial = size;
  certificate.key_id = bytes.substr(0, 8);
  (void)list->revokes_certificate(certificate);
  (void)list->revokes_key(bytes);
  return 0;
}
