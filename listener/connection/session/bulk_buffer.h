#pragma once

#include <cstddef>
#include <memory>
#include <span>

namespace zomg::connection {

/// A large buffer of which only what was used is in memory: it is not zeroed, and the C library
/// takes pieces of this size from the kernel, page by page as they are written. Most connections
/// are idle.
class BulkBuffer {
 public:
  explicit BulkBuffer(std::size_t size)
      : bytes_(std::make_unique_for_overwrite<char[]>(size)), size_(size) {}

  std::span<char> span() { return {bytes_.get(), size_}; }
  char* data() { return bytes_.get(); }
  std::size_t size() const { return size_; }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t size_;
};

}  // namespace zomg::connection
