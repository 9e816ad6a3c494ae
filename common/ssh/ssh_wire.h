#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace zomg::common {

/// Reads the data types of RFC 4251 §5 from a byte string. After the first that does not fit, every
/// read fails.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  bool byte(std::uint8_t& value);
  bool boolean(bool& value);
  bool uint32(std::uint32_t& value);
  bool uint64(std::uint64_t& value);
  /// `string`, and `name-list` unparsed.
  bool string(std::string_view& value);
  /// `mpint` that is not negative, without its leading zero byte.
  bool mpint(std::string_view& magnitude);
  /// Exactly `count` bytes without a length.
  bool raw(std::size_t count, std::string_view& value);

  std::string_view rest() const { return rest_; }
  /// True when everything was read and nothing failed.
  bool at_end() const { return !failed_ && rest_.empty(); }

 private:
  bool fail();

  std::string_view rest_;
  bool failed_ = false;
};

/// Appends the data types of RFC 4251 §5 to a byte string.
class WireWriter {
 public:
  WireWriter& byte(std::uint8_t value);
  WireWriter& uint32(std::uint32_t value);
  WireWriter& string(std::string_view value);
  WireWriter& raw(std::string_view bytes);

  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

}  // namespace zomg::common
