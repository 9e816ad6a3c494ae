#pragma once

#include <bit>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <vector>

#include "common/base/result.h"

/// The wire form of IPC messages. A message is a struct with
///   - `static constexpr auto kType`, an enumerator of its channel's message types,
///   - fields of the types below, whose bounds are part of the type,
///   - `static auto fields(auto& self)`, its field list, written once for both directions. A field that it lacks
///     fails to compile,
///   - how many descriptors go with it, unless none do: `static constexpr std::size_t kFds`, or
///     `static std::size_t fd_count(const auto& self)` where its fields say so.
/// On the wire: u32 type, then the fields in order. Integers are little-endian, an enumeration is
/// checked against its `kMaxValue`, Bytes and List are a u32 count and the elements. A packet with
/// a byte missing or left over is refused.
namespace zomg::ipc {

/// A byte string of at most `Max` bytes.
template <std::size_t Max>
struct Bytes {
  static constexpr std::size_t kMax = Max;
  std::string value;

  Bytes() = default;
  Bytes(std::string_view bytes) : value(bytes) {}      // NOLINT(*-explicit-*)
  operator std::string_view() const { return value; }  // NOLINT(*-explicit-*)
  bool operator==(const Bytes&) const = default;
};

/// The same of bytes that are wiped from memory with the message.
template <std::size_t Max>
struct Secret : Bytes<Max> {
  using Bytes<Max>::Bytes;
  Secret() = default;
  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  Secret& operator=(const Secret&) = default;
  Secret& operator=(Secret&&) noexcept = default;
  ~Secret() { explicit_bzero(this->value.data(), this->value.size()); }
};

/// A list of at most `Max` elements, each a message field type.
template <typename T, std::size_t Max>
struct List {
  static constexpr std::size_t kMax = Max;
  std::vector<T> value;
  bool operator==(const List&) const = default;
};

/// An enumeration that names its largest enumerator `kMaxValue` and starts at 0 without gaps.
template <typename T>
concept CheckedEnum = std::is_enum_v<T> && requires {
  T::kMaxValue;
};

/// Stands for a field of any type, to count them.
struct AnyField {
  template <typename T>
  requires(!std::same_as<T, std::string_view>) operator T() const;  // NOLINT(*-explicit-*)
};

/// How many fields the aggregate `T` has.
template <typename T, typename... Found>
consteval std::size_t field_count() {
  if constexpr (requires { T{Found{}..., AnyField{}}; }) {
    return field_count<T, Found..., AnyField>();
  } else {
    return sizeof...(Found);
  }
}

/// A struct with a field list: a message, or a group of fields inside one.
template <typename T>
concept FieldStruct = requires(T& t) {
  T::fields(t);
};

template <FieldStruct T>
auto fields_of(T& group) {
  auto fields = std::remove_const_t<T>::fields(group);
  static_assert(std::tuple_size_v<decltype(fields)> == field_count<std::remove_const_t<T>>(),
                "fields() has to name each field");
  return fields;
}

/// Appends fields to a packet. Fails when a field is over its bound.
class Writer {
 public:
  template <std::unsigned_integral T>
  void put(T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      out_.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * i)));
    }
  }
  void put(std::int32_t value) { put(std::bit_cast<std::uint32_t>(value)); }
  void put(bool value) { put(static_cast<std::uint8_t>(value)); }
  void put(CheckedEnum auto value) { put(static_cast<std::uint32_t>(value)); }
  template <std::size_t Max>
  void put(const Bytes<Max>& bytes) {
    if (bytes.value.size() > Max) ok_ = false;
    put(static_cast<std::uint32_t>(bytes.value.size()));
    out_ += bytes.value;
  }
  template <typename T, std::size_t Max>
  void put(const List<T, Max>& list) {
    if (list.value.size() > Max) ok_ = false;
    put(static_cast<std::uint32_t>(list.value.size()));
    for (const T& element : list.value) put(element);
  }
  template <FieldStruct T>
  void put(const T& group) {
    std::apply([this](const auto&... field) { (put(field), ...); }, fields_of(group));
  }

  bool ok() const { return ok_; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  bool ok_ = true;
};

/// Reads fields from a packet. After the first field that does not fit, every read fails.
class Reader {
 public:
  explicit Reader(std::string_view packet) : rest_(packet) {}

  template <std::unsigned_integral T>
  bool get(T& value) {
    if (rest_.size() < sizeof(T)) return fail();
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bits |= static_cast<std::uint64_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
    }
    rest_.remove_prefix(sizeof(T));
    value = static_cast<T>(bits);
    return true;
  }
  bool get(std::int32_t& value) {
    std::uint32_t bits = 0;
    if (!get(bits)) return false;
    value = std::bit_cast<std::int32_t>(bits);
    return true;
  }
  bool get(bool& value) {
    std::uint8_t byte = 0;
    if (!get(byte) || byte > 1) return fail();
    value = byte == 1;
    return true;
  }
  template <CheckedEnum T>
  bool get(T& value) {
    std::uint32_t number = 0;
    if (!get(number) || number > static_cast<std::uint32_t>(T::kMaxValue)) return fail();
    value = static_cast<T>(number);
    return true;
  }
  template <std::size_t Max>
  bool get(Bytes<Max>& bytes) {
    std::uint32_t size = 0;
    if (!get(size) || size > Max || size > rest_.size()) return fail();
    bytes.value.assign(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return true;
  }
  template <typename T, std::size_t Max>
  bool get(List<T, Max>& list) {
    std::uint32_t count = 0;
    if (!get(count) || count > Max || count > rest_.size()) return fail();
    list.value.resize(count);
    for (T& element : list.value) {
      if (!get(element)) return false;
    }
    return true;
  }
  template <FieldStruct T>
  bool get(T& group) {
    return std::apply([this](auto&... field) { return (get(field) && ...); }, fields_of(group));
  }

  bool at_end() const { return !failed_ && rest_.empty(); }

 private:
  bool fail() {
    failed_ = true;
    rest_ = {};
    return false;
  }

  std::string_view rest_;
  bool failed_ = false;
};

/// A message struct, as opposed to a group of fields.
template <typename T>
concept Message = FieldStruct<T> && requires {
  T::kType;
};

/// How many descriptors go with `message`.
template <Message M>
std::size_t fd_count(const M& message) {
  if constexpr (requires { M::fd_count(message); }) {
    return M::fd_count(message);
  } else if constexpr (requires { M::kFds; }) {
    return M::kFds;
  } else {
    return 0;
  }
}

/// The packet of `message`; an Error when a field is over its bound.
template <Message M>
common::Result<std::string> encode(const M& message) {
  Writer writer;
  writer.put(static_cast<std::uint32_t>(M::kType));
  writer.put(message);
  if (!writer.ok()) return common::error("a field of the message is over its bound");
  return writer.take();
}

/// The message in `packet`; an Error for another type, a field out of bounds, or trailing bytes. Of what comes by a
/// channel, decode(Packet) looks at the descriptors, too.
template <Message M>
common::Result<M> decode(std::string_view packet) {
  Reader reader(packet);
  std::uint32_t type = 0;
  M message;
  if (!reader.get(type) || type != static_cast<std::uint32_t>(M::kType)) {
    return common::error("not a message of the expected type");
  }
  if (!reader.get(message)) return common::error("a field is missing or out of bounds");
  if (!reader.at_end()) return common::error("bytes left over after the last field");
  return message;
}

/// The type number that `packet` starts with; an Error when it is too short to have one.
inline common::Result<std::uint32_t> packet_type(std::string_view packet) {
  std::uint32_t type = 0;
  if (!Reader(packet).get(type)) return common::error("a packet without a type");
  return type;
}

}  // namespace zomg::ipc
