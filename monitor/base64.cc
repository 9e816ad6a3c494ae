#include "monitor/base64.h"

#include <openssl/evp.h>

#include <algorithm>

namespace zomg::monitor {

std::string encode_base64(std::string_view bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::optional<std::string> decode_base64(std::string_view text) {
  // EVP_DecodeBlock skips white space at the ends and counts padding as zero bytes.
  const std::size_t body = text.find_last_not_of('=') + 1;
  const std::size_t padding = text.size() - body;
  const bool alphabet =
      std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(body), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '+' || c == '/';
      });
  if (text.empty() || text.size() % 4 != 0 || padding > 2 || !alphabet) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  if (size < 0) return std::nullopt;
  out.resize(static_cast<std::size_t>(size) - padding);
  return out;
}

}  // namespace zomg::monitor
