#include "monitor/helpers/kubernetes/https_api.h"

#include <curl/curl.h>
#include <netdb.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <string_view>

#include "common/base/limits.h"
#include "common/base/quoted.h"

namespace zomg::kubernetes {
namespace {

using common::Result;
using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using List = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

struct Collected {
  Answer answer;
  bool too_large = false;
};

std::size_t take_header(char* data, std::size_t, std::size_t size, void* user) {
  constexpr std::string_view kName = "retry-after:";
  const std::string_view line(data, size);
  if (line.size() > kName.size() && curl_strnequal(line.data(), kName.data(), kName.size()) != 0) {
    const std::size_t digits = line.find_first_not_of(' ', kName.size());
    unsigned seconds = 0;
    // A date, the other form, is left to the usual delay.
    if (digits != std::string_view::npos &&
        std::from_chars(line.data() + digits, line.data() + line.size(), seconds).ec ==
            std::errc()) {
      static_cast<Collected*>(user)->answer.retry_after = std::chrono::seconds(seconds);
    }
  }
  return size;
}

std::size_t take_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& collected = *static_cast<Collected*>(user);
  if (size > limits::kMaxCriAnswerBytes - collected.answer.body.size()) {
    collected.too_large = true;
    return 0;
  }
  collected.answer.body.append(data, size);
  return size;
}

template <typename T>
void set(const Easy& easy, CURLoption option, T value) {
  CHECK(curl_easy_setopt(easy.get(), option, value) == CURLE_OK);
}

void set_blob(const Easy& easy, CURLoption option, const std::string& pem) {
  if (pem.empty()) return;
  curl_blob blob{const_cast<char*>(pem.data()), pem.size(), CURL_BLOB_NOCOPY};
  set(easy, option, &blob);
}

List append(List list, const std::string& line) {
  curl_slist* longer = curl_slist_append(list.get(), line.c_str());
  CHECK(longer != nullptr);
  (void)list.release();
  return {longer, curl_slist_free_all};
}

/// The name by which libcurl knows the addresses that were found, whatever the URL says: there it
/// could be an address itself, and CURLOPT_RESOLVE takes no IPv6 address for a name.
constexpr const char* kOneOfTheAddresses = "api-server.invalid";

/// As CURLOPT_RESOLVE wants them.
std::string in_brackets(const std::vector<std::string>& addresses) {
  std::string list;
  for (const std::string& address : addresses) {
    const bool ipv6 = address.find(':') != std::string::npos;
    list +=
        fmt::format("{}{}{}{}", list.empty() ? "" : ",", ipv6 ? "[" : "", address, ipv6 ? "]" : "");
  }
  return list;
}

void set_credentials(const Easy& easy, const Credentials& credentials) {
  set_blob(easy, CURLOPT_CAINFO_BLOB, credentials.certificate_authority);
  if (!credentials.client_certificate.empty()) {
    set(easy, CURLOPT_SSLCERTTYPE, "PEM");
    set_blob(easy, CURLOPT_SSLCERT_BLOB, credentials.client_certificate);
    set_blob(easy, CURLOPT_SSLKEY_BLOB, credentials.client_key);
  }
  const long verify = credentials.insecure_skip_tls_verify ? 0 : 1;
  set(easy, CURLOPT_SSL_VERIFYPEER, verify);
  set(easy, CURLOPT_SSL_VERIFYHOST, verify * 2);
  set(easy, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
}

}  // namespace

Result<void> load_curl() {
  const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) return common::error("curl_global_init: {}", curl_easy_strerror(code));
  return {};
}

Result<std::vector<std::string>> find_addresses(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (status != 0) return common::error("{}: {}", common::quoted(host), ::gai_strerror(status));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(found, ::freeaddrinfo);
  std::vector<std::string> addresses;
  for (const addrinfo* entry = found; entry != nullptr; entry = entry->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (::getnameinfo(entry->ai_addr, entry->ai_addrlen, text.data(), text.size(), nullptr, 0,
                      NI_NUMERICHOST) == 0) {
      addresses.emplace_back(text.data());
    }
  }
  if (addresses.empty()) return common::error("{}: no address", common::quoted(host));
  return addresses;
}

Result<Answer> HttpsApi::get(const std::string& path) const {
  return ask(path, nullptr);
}

Result<Answer> HttpsApi::post(const std::string& path, const std::string& body) const {
  return ask(path, &body);
}

Result<Answer> HttpsApi::ask(const std::string& path, const std::string* body) const {
  const Easy easy(curl_easy_init(), curl_easy_cleanup);
  if (!easy) return common::error("curl_easy_init failed");
  ServerUrl server = credentials_.server;
  // The name to verify is the one of the URL, wherever the connection goes to.
  if (!credentials_.tls_server_name.empty()) server.host = credentials_.tls_server_name;
  const List connect_to = append({nullptr, curl_slist_free_all},
                                 fmt::format("::{}:{}", kOneOfTheAddresses, server.port));
  const List resolve =
      append({nullptr, curl_slist_free_all},
             fmt::format("{}:{}:{}", kOneOfTheAddresses, server.port, in_brackets(addresses_)));
  List headers = append({nullptr, curl_slist_free_all}, "Accept: application/json");
  if (!credentials_.token.empty()) {
    headers = append(std::move(headers), "Authorization: Bearer " + credentials_.token);
  }
  if (body != nullptr) {
    headers = append(std::move(headers), "Content-Type: application/json");
    set(easy, CURLOPT_POSTFIELDSIZE, static_cast<long>(body->size()));
    set(easy, CURLOPT_POSTFIELDS, body->data());
  }
  std::array<char, CURL_ERROR_SIZE> detail{};
  Collected collected;

  set(easy, CURLOPT_ERRORBUFFER, detail.data());
  set(easy, CURLOPT_URL, (server.text() + path).c_str());
  set(easy, CURLOPT_CONNECT_TO, connect_to.get());
  set(easy, CURLOPT_RESOLVE, resolve.get());
  set(easy, CURLOPT_PROXY, "");
  set(easy, CURLOPT_PROTOCOLS_STR, "https");
  set(easy, CURLOPT_FORBID_REUSE, 1L);
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_TIMEOUT_MS,
      static_cast<long>(std::chrono::milliseconds(limits::kKubernetesCallTimeout).count()));
  set(easy, CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(std::chrono::milliseconds(limits::kKubernetesConnectTimeout).count()));
  set(easy, CURLOPT_HTTPHEADER, headers.get());
  set(easy, CURLOPT_USERAGENT, "zomg-ssh-gateway");
  set_credentials(easy, credentials_);
  set(easy, CURLOPT_HEADERFUNCTION, take_header);
  set(easy, CURLOPT_HEADERDATA, &collected);
  set(easy, CURLOPT_WRITEFUNCTION, take_body);
  set(easy, CURLOPT_WRITEDATA, &collected);

  const CURLcode code = curl_easy_perform(easy.get());
  if (collected.too_large) return common::Error{"the answer is over its bound", EMSGSIZE};
  if (code != CURLE_OK) {
    std::string said = detail[0] != '\0' ? detail.data() : curl_easy_strerror(code);
    const std::string_view unheard_of = kOneOfTheAddresses;
    if (const std::size_t at = said.find(unheard_of); at != std::string::npos) {
      said.replace(at, unheard_of.size(), in_brackets(addresses_));
    }
    return common::error("{}", common::quoted(said));
  }
  long status = 0;
  curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
  collected.answer.status = static_cast<int>(status);
  return std::move(collected.answer);
}

}  // namespace zomg::kubernetes
