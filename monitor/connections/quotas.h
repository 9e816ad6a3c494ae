#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "common/base/failure.h"

namespace zomg::monitor {

/// How much of the gateway those who logged in have: connections by key and by login name, so that
/// nobody has all of them, and the memory for what clients send ahead of their programs, which is
/// less the more there are.
class Quotas {
 public:
  struct Limits {
    std::uint64_t connections = 0;  ///< in all, to divide the memory by
    std::uint64_t per_key = 0;
    std::uint64_t per_user = 0;
    std::size_t window_bytes = 0;  ///< of all connections together
  };

  explicit Quotas(const Limits& limits) : limits_(limits) {}

  /// One connection that is counted, until this is destroyed.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept { swap(other); }
    Place& operator=(Place&& other) noexcept {
      swap(other);
      return *this;
    }
    ~Place();

    /// What its channels may have granted, beyond limits::kLeastReceiveWindowBytes each.
    std::size_t window_bytes() const { return window_bytes_; }

   private:
    friend class Quotas;
    void swap(Place& other);

    Quotas* owner_ = nullptr;
    std::string key_;
    std::string user_;
    std::size_t window_bytes_ = 0;
    std::size_t surplus_ = 0;
  };

  /// `key` is what tells one credential from another, `user` a login name,
  /// without the container that it may choose. The failure says which of
  /// the two has as many as it may have; then there is no place.
  std::pair<common::Failure, Place> admit(const std::string& key, const std::string& user);

 private:
  /// How many connections each has.
  using Owners = std::map<std::string, std::uint64_t>;

  static bool is_full(const Owners& owners, const std::string& name, std::uint64_t most);
  static void leave(Owners& owners, const std::string& name);

  Limits limits_;
  Owners by_key_;
  Owners by_user_;
  std::size_t surplus_used_ = 0;
};

}  // namespace zomg::monitor
