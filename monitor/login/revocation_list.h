#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "common/base/result.h"
#include "monitor/login/certificate.h"

namespace zomg::monitor {

/// Revoked serial numbers, as ranges that neither touch nor overlap.
class SerialRanges {
 public:
  /// Adds `first` to `last`, both included.
  void add(std::uint64_t first, std::uint64_t last);
  bool contain(std::uint64_t serial) const;
  std::size_t size() const { return ranges_.size(); }

 private:
  std::map<std::uint64_t, std::uint64_t> ranges_;  ///< first to last
};

/// Keys and certificates that are revoked.
class RevocationList {
 public:
  /// Reads public keys, one a line (as in authorized_keys without options), or a KRL when the text
  /// begins with its magic. An Error for what cannot be read: no revocation may be passed over.
  static common::Result<RevocationList> parse(std::string_view bytes);

  void add_key(std::string_view blob) { keys_.emplace(blob); }
  void add_sha1(std::string_view hash) { sha1_.emplace(hash); }
  void add_sha256(std::string_view hash) { sha256_.emplace(hash); }

  /// Certificates of one authority.
  struct Certificates {
    SerialRanges serials;
    std::set<std::string, std::less<>> key_ids;
  };
  /// Those of the authority with this key blob; an empty one stands for every authority.
  Certificates& certificates_of(std::string_view authority);

  bool revokes_key(std::string_view blob) const;
  /// By its serial number or key ID. Serial number 0 stands for none, and is never revoked.
  bool revokes_certificate(const Certificate& certificate) const;

 private:
  std::set<std::string, std::less<>> keys_;
  std::set<std::string, std::less<>> sha1_;
  std::set<std::string, std::less<>> sha256_;
  std::map<std::string, Certificates, std::less<>> certificates_;
};

}  // namespace zomg::monitor
