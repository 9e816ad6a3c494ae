#include "common/ssh/ssh_wire.h"

namespace zomg::common {

bool WireReader::fail() {
  failed_ = true;
  rest_ = {};
  return false;
}

bool WireReader::raw(std::size_t count, std::string_view& value) {
  if (failed_ || rest_.size() < count) return fail();
  value = rest_.substr(0, count);
  rest_.remove_prefix(count);
  return true;
}

bool WireReader::byte(std::uint8_t& value) {
  std::string_view bytes;
  if (!raw(1, bytes)) return false;
  value = static_cast<std::uint8_t>(bytes[0]);
  return true;
}

bool WireReader::boolean(bool& value) {
  std::uint8_t number = 0;
  if (!byte(number)) return false;
  value = number != 0;
  return true;
}

bool WireReader::uint32(std::uint32_t& value) {
  std::string_view bytes;
  if (!raw(4, bytes)) return false;
  value = 0;
  for (const char c : bytes) value = value << 8 | static_cast<std::uint8_t>(c);
  return true;
}

bool WireReader::uint64(std::uint64_t& value) {
  std::uint32_t high = 0;
  std::uint32_t low = 0;
  if (!uint32(high) || !uint32(low)) return false;
  value = static_cast<std::uint64_t>(high) << 32 | low;
  return true;
}

bool WireReader::string(std::string_view& value) {
  std::uint32_t size = 0;
  return uint32(size) && raw(size, value);
}

bool WireReader::mpint(std::string_view& magnitude) {
  if (!string(magnitude)) return false;
  if (magnitude.empty()) return true;
  if ((magnitude[0] & 0x80) != 0) return fail();
  if (magnitude[0] == 0) {
    magnitude.remove_prefix(1);
    // RFC 4251 §5: no unnecessary leading bytes.
    if (magnitude.empty() || (magnitude[0] & 0x80) == 0) return fail();
  }
  return true;
}

WireWriter& WireWriter::byte(std::uint8_t value) {
  bytes_.push_back(static_cast<char>(value));
  return *this;
}

WireWriter& WireWriter::uint32(std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    byte(static_cast<std::uint8_t>(value >> static_cast<unsigned>(shift)));
  }
  return *this;
}

WireWriter& WireWriter::string(std::string_view value) {
  return uint32(static_cast<std::uint32_t>(value.size())).raw(value);
}

WireWriter& WireWriter::raw(std::string_view bytes) {
  bytes_ += bytes;
  return *this;
}

}  // namespace zomg::common
