#include "monitor/keys/key_blob.h"

#include <array>
#include <bit>

#include "common/base/limits.h"
#include "common/base/quoted.h"

namespace zomg::monitor {
namespace {

using common::Result;

struct TypeRow {
  std::string_view name;
  std::string_view certificate_name;
  /// RFC 5656 §6.1 name and OpenSSL's name of the curve, and the size of a coordinate.
  std::string_view curve;
  const char* group;
  std::size_t coordinate_bytes;
  bool security_key;
};

/// In the order of KeyType.
constexpr std::array<TypeRow, 7> kTypes{{
    {"ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", "", nullptr, 0, false},
    {"ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256-cert-v01@openssh.com", "nistp256", "P-256", 32,
     false},
    {"ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384-cert-v01@openssh.com", "nistp384", "P-384", 48,
     false},
    {"ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521-cert-v01@openssh.com", "nistp521", "P-521", 66,
     false},
    {"ssh-rsa", "ssh-rsa-cert-v01@openssh.com", "", nullptr, 0, false},
    {"sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com", "", nullptr, 0, true},
    {"sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
     "nistp256", "P-256", 32, true},
}};

constexpr std::size_t kEd25519Bytes = 32;

const TypeRow& row(KeyType type) {
  return kTypes[static_cast<std::size_t>(type)];
}

Result<KeyType> find_type(std::string_view TypeRow::*member, std::string_view name) {
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    if (kTypes[i].*member == name) return static_cast<KeyType>(i);
  }
  return common::error("the key type {} is not allowed", common::quoted(name));
}

bool is_odd(std::string_view number) {
  return !number.empty() && (number.back() & 1) != 0;
}

Result<void> read_ed25519(common::WireReader& reader, KeyFields& fields) {
  if (!reader.string(fields.point)) return common::error("the key is cut short");
  if (fields.point.size() != kEd25519Bytes) return common::error("not an ed25519 public key");
  return {};
}

Result<void> read_ecdsa(common::WireReader& reader, const TypeRow& type, KeyFields& fields) {
  std::string_view curve;
  if (!reader.string(curve) || !reader.string(fields.point)) {
    return common::error("the key is cut short");
  }
  if (curve != type.curve) return common::error("the curve is not the key type's");
  // RFC 5656 §3.1 allows compressed points; nobody sends them, OpenSSH refuses them.
  if (fields.point.size() != 1 + 2 * type.coordinate_bytes || fields.point[0] != 0x04) {
    return common::error("not an uncompressed point");
  }
  return {};
}

Result<void> read_rsa(common::WireReader& reader, KeyFields& fields) {
  if (!reader.mpint(fields.exponent) || !reader.mpint(fields.modulus)) {
    return common::error("the key is cut short");
  }
  if (!is_odd(fields.modulus) || !is_odd(fields.exponent) || fields.exponent == "\x01") {
    return common::error("not an RSA key");
  }
  const std::size_t bits = 8 * (fields.modulus.size() - 1) +
                           std::bit_width(static_cast<unsigned char>(fields.modulus[0]));
  if (bits < limits::kMinRsaBits || bits > limits::kMaxRsaBits) {
    return common::error("an RSA key of {} bits, where {} to {} are taken", bits,
                         limits::kMinRsaBits, limits::kMaxRsaBits);
  }
  if (fields.exponent.size() > limits::kMaxRsaExponentBytes) {
    return common::error("an RSA key with an exponent over {} bits",
                         8 * limits::kMaxRsaExponentBytes);
  }
  return {};
}

/// An mpint (RFC 4251 §5) of a magnitude without leading zero bytes.
void write_mpint(common::WireWriter& writer, std::string_view magnitude) {
  const bool padded = (static_cast<unsigned char>(magnitude[0]) & 0x80) != 0;
  writer.uint32(static_cast<std::uint32_t>(magnitude.size() + (padded ? 1 : 0)));
  if (padded) writer.byte(0);
  writer.raw(magnitude);
}

}  // namespace

std::string_view type_name(KeyType type) {
  return row(type).name;
}

std::string_view certificate_type_name(KeyType type) {
  return row(type).certificate_name;
}

bool is_security_key(KeyType type) {
  return row(type).security_key;
}

const char* curve_group(KeyType type) {
  return row(type).group;
}

Result<KeyType> find_key_type(std::string_view name) {
  return find_type(&TypeRow::name, name);
}

Result<KeyType> find_certificate_type(std::string_view name) {
  return find_type(&TypeRow::certificate_name, name);
}

bool may_sign(KeyType type, std::string_view algorithm) {
  if (type == KeyType::kRsa) return algorithm == "rsa-sha2-256" || algorithm == "rsa-sha2-512";
  return algorithm == type_name(type);
}

std::string_view certificate_signature_algorithm(KeyType type, std::string_view algorithm) {
  if (type != KeyType::kRsa) {
    return algorithm == certificate_type_name(type) ? type_name(type) : std::string_view();
  }
  if (algorithm == "rsa-sha2-256-cert-v01@openssh.com") return "rsa-sha2-256";
  if (algorithm == "rsa-sha2-512-cert-v01@openssh.com") return "rsa-sha2-512";
  return {};
}

std::string KeyFields::blob() const {
  common::WireWriter writer;
  writer.string(type_name(type));
  if (type == KeyType::kRsa) {
    write_mpint(writer, exponent);
    write_mpint(writer, modulus);
  } else {
    if (curve_group(type) != nullptr) writer.string(row(type).curve);
    writer.string(point);
  }
  if (is_security_key(type)) writer.string(application);
  return writer.bytes();
}

Result<KeyFields> read_key_fields(common::WireReader& reader, KeyType type) {
  KeyFields fields;
  fields.type = type;
  auto read = type == KeyType::kRsa          ? read_rsa(reader, fields)
              : curve_group(type) != nullptr ? read_ecdsa(reader, row(type), fields)
                                             : read_ed25519(reader, fields);
  if (!read) return read.error();
  if (is_security_key(type) && !reader.string(fields.application)) {
    return common::error("the key is cut short");
  }
  return fields;
}

Result<KeyFields> parse_key_blob(std::string_view blob) {
  if (blob.size() > limits::kMaxKeyBlobBytes) return common::error("the key is too long");
  common::WireReader reader(blob);
  std::string_view name;
  if (!reader.string(name)) return common::error("the key is cut short");
  auto type = find_key_type(name);
  if (!type) return type.error();
  auto fields = read_key_fields(reader, *type);
  if (!fields) return fields;
  if (!reader.at_end()) return common::error("bytes left over after the key");
  return fields;
}

}  // namespace zomg::monitor
