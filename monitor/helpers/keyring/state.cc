#include "monitor/helpers/keyring/state.h"

#include <openssl/evp.h>

#include <array>

#include "common/base/limits.h"

namespace zomg::keyring {
namespace {

using common::Result;

/// "zomgkey" and the version of the form.
constexpr std::uint64_t kMagic = 0x7a6f'6d67'6b65'7901;
constexpr std::size_t kDigestBytes = 32;

std::string digest(std::string_view bytes) {
  std::array<unsigned char, kDigestBytes> out{};
  CHECK(EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, EVP_sha256(), nullptr) == 1);
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

}  // namespace

Result<std::string> encode_state(const State& state) {
  ipc::Writer writer;
  writer.put(kMagic);
  writer.put(state);
  if (!writer.ok()) return common::error("a field is over its bound");
  std::string content = writer.take();
  content += digest(content);
  if (content.size() > limits::kMaxKeyringStateBytes) {
    return common::error("the keys of all users take more than {} bytes",
                         limits::kMaxKeyringStateBytes);
  }
  return content;
}

Result<State> decode_state(std::string_view content) {
  if (content.size() <= kDigestBytes || content.size() > limits::kMaxKeyringStateBytes) {
    return common::error("{} bytes", content.size());
  }
  const std::string_view body = content.substr(0, content.size() - kDigestBytes);
  if (digest(body) != content.substr(body.size())) return common::error("its checksum is wrong");
  ipc::Reader reader(body);
  std::uint64_t magic = 0;
  State state;
  if (!reader.get(magic) || magic != kMagic) return common::error("of another version");
  if (!reader.get(state) || !reader.at_end()) return common::error("a field is out of bounds");
  return state;
}

}  // namespace zomg::keyring
