// What a client that has not logged in can send, against the whole of the connection process's SSH:
// libssh, the hooks around it, our host key. The input is the client's version line and then
// packets, each a u16 length (little-endian) and a payload, which are framed here as before the
// first key exchange. Property: nobody is logged in, and no session is opened.
#include <openssl/evp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/check.h"
#include "common/base/fd.h"
#include "common/ssh/ssh_wire.h"
#include "listener/connection/requests/key_exchange.h"
#include "listener/connection/ssh/transport.h"

namespace {

using namespace zomg;
using Key = std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)>;

constexpr std::size_t kMostBytes = 64 * 1024;
constexpr int kMostSteps = 64;

/// Not by EVP_PKEY_new_raw_private_key, which leads into the hooks.
Key make_key() {
  const std::unique_ptr<EVP_PKEY_CTX, void (*)(EVP_PKEY_CTX*)> context(
      EVP_PKEY_CTX_new_id(EVP_PKEY_ED25519, nullptr), EVP_PKEY_CTX_free);
  EVP_PKEY* key = nullptr;
  CHECK(context && EVP_PKEY_keygen_init(context.get()) == 1);
  CHECK(EVP_PKEY_keygen(context.get(), &key) == 1);
  return {key, EVP_PKEY_free};
}

std::string public_half(EVP_PKEY* key) {
  std::array<unsigned char, 32> bytes{};
  std::size_t size = bytes.size();
  CHECK(EVP_PKEY_get_raw_public_key(key, bytes.data(), &size) == 1);
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

/// The rest of the process and the monitor: says no to everybody.
class Refusal final : public connection::ssh::TransportEvents {
 public:
  bool sign_exchange(std::string_view hashed, std::string& signature) override {
    CHECK(connection::parse_key_exchange(hashed));
    signature.assign(64, 'S');
    return true;
  }
  std::string banner(std::string_view /*login_name*/) const override { return "banner\n"; }
  connection::AuthAnswer on_auth_request(const connection::AuthRequest&) override {
    return connection::AuthAnswer::kFailure;
  }
  void on_malformed_auth_request() override {}
  std::size_t window_bytes() const override { return 0; }
  bool has_room_for_session() const override { return true; }
  connection::ChannelEvents* on_session_open(connection::Channel&) override {
    CHECK(false);  // nobody has logged in
    return nullptr;
  }
  void on_forwarding_refused() override {}
};

/// A packet without cipher and MAC (RFC 4253 §6).
std::string framed(std::string_view payload) {
  std::size_t padding = 8 - (5 + payload.size()) % 8;
  if (padding < 4) padding += 8;
  common::WireWriter packet;
  packet.uint32(static_cast<std::uint32_t>(1 + payload.size() + padding));
  packet.byte(static_cast<std::uint8_t>(padding));
  packet.raw(payload).raw(std::string(padding, '\0'));
  return packet.bytes();
}

std::string client_bytes(std::string_view input) {
  const std::size_t line = input.find('\n');
  std::string bytes(input.substr(0, line == input.npos ? line : line + 1));
  std::string_view rest = line == input.npos ? std::string_view() : input.substr(line + 1);
  while (rest.size() >= 2 && bytes.size() < kMostBytes) {
    const std::size_t size =
        static_cast<std::uint8_t>(rest[0]) + 256U * static_cast<std::uint8_t>(rest[1]);
    rest.remove_prefix(2);
    const std::string_view payload = rest.substr(0, std::min(size, rest.size()));
    bytes += framed(payload);
    rest.remove_prefix(payload.size());
  }
  bytes.resize(std::min(bytes.size(), kMostBytes));
  return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Key key = make_key();
  static const std::string host_key = public_half(key.get());
  const std::string sent = client_bytes({reinterpret_cast<const char*>(data), size});
  std::array<int, 2> ends{};
  CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
  common::Fd ours(ends[0]);
  const common::Fd client(ends[1]);
  CHECK(::send(client.get(), sent.data(), sent.size(), MSG_NOSIGNAL) ==
        static_cast<ssize_t>(sent.size()));
  CHECK(::shutdown(client.get(), SHUT_WR) == 0);
  Refusal events;
  auto transport =
      connection::ssh::Transport::make(std::move(ours), {host_key, "0123456789abcdef"}, events);
  if (!transport) return 0;
  for (int i = 0; i < kMostSteps && (*transport)->step(); ++i) {
  }
  return 0;
}
