#include "listener/connection/requests/key_exchange.h"

#include "common/ssh/ssh_wire.h"

namespace zomg::connection {

std::optional<messages::SignExchange> parse_key_exchange(std::string_view hashed) {
  common::WireReader reader(hashed);
  std::string_view client_version;
  std::string_view server_version;
  std::string_view client_kexinit;
  std::string_view server_kexinit;
  std::string_view host_key;
  std::string_view client_share;
  std::string_view server_share;
  std::string_view secret;
  for (std::string_view* part : {&client_version, &server_version, &client_kexinit, &server_kexinit,
                                 &host_key, &client_share, &server_share, &secret}) {
    if (!reader.string(*part)) return std::nullopt;
  }
  if (!reader.at_end()) return std::nullopt;
  return messages::SignExchange{client_version, client_kexinit, server_kexinit,
                                client_share,   server_share,   secret};
}

}  // namespace zomg::connection
