#include "common/base/io/bytes.h"

#include <unistd.h>

#include <algorithm>

#include "common/base/uninterrupted.h"

namespace zomg::common {
namespace {

/// No private key is larger, so none is left behind where the text had to grow.
constexpr std::size_t kFirstBytes = 16 * 1024;

/// `write` is called with what is left, and how much was written before it.
template <typename Write>
Result<void> write_rest(std::string_view bytes, Write write) {
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t put = uninterrupted([&] { return write(bytes.substr(done), done); });
    if (put < 0) return errno_error("write");
    if (put == 0) return error("nothing could be written");
    done += static_cast<std::size_t>(put);
  }
  return {};
}

}  // namespace

Result<void> write_all(int fd, std::string_view bytes) {
  return write_rest(bytes, [fd](std::string_view rest, std::size_t /*done*/) {
    return ::write(fd, rest.data(), rest.size());
  });
}

Result<void> write_all_at_start(int fd, std::string_view bytes) {
  return write_rest(bytes, [fd](std::string_view rest, std::size_t done) {
    return ::pwrite(fd, rest.data(), rest.size(), static_cast<off_t>(done));
  });
}

Result<std::string> read_all(int fd, std::size_t max_bytes) {
  std::string bytes;
  for (std::size_t size = 0; size <= max_bytes;) {
    if (size == bytes.size()) {
      bytes.resize(std::min(max_bytes + 1, std::max(kFirstBytes, 2 * size)));
    }
    const ssize_t got =
        uninterrupted([&] { return ::read(fd, bytes.data() + size, bytes.size() - size); });
    if (got < 0) return errno_error("read");
    size += static_cast<std::size_t>(got);
    if (got > 0) continue;
    bytes.resize(size);
    return bytes;
  }
  return error("more than {} bytes", max_bytes);
}

}  // namespace zomg::common
