#include "monitor/helpers/resolver/cri/grpc_call.h"

#include <curl/curl.h>

#include <array>
#include <chrono>
#include <memory>

#include "common/base/limits.h"
#include "common/base/quoted.h"
#include "monitor/helpers/resolver/cri/grpc_frame.h"
#include "monitor/helpers/resolver/cri/grpc_status.h"

namespace zomg::resolver {
namespace {

using Easy = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;
using HeaderList = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

struct Answer {
  GrpcStatus status;
  std::string body;
  bool too_large = false;
};

std::size_t take_header(char* data, std::size_t, std::size_t size, void* user) {
  auto& answer = *static_cast<Answer*>(user);
  if (answer.status.add_line({data, size})) return size;
  answer.too_large = true;
  return 0;
}

std::size_t take_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& answer = *static_cast<Answer*>(user);
  if (size > limits::kMaxCriAnswerBytes - answer.body.size()) {
    answer.too_large = true;
    return 0;
  }
  answer.body.append(data, size);
  return size;
}

HeaderList request_headers() {
  const std::string timeout =
      fmt::format("grpc-timeout: {}m", std::chrono::milliseconds(limits::kCriCallTimeout).count());
  HeaderList list(nullptr, curl_slist_free_all);
  for (const char* line : {"content-type: application/grpc", "te: trailers", timeout.c_str()}) {
    curl_slist* longer = curl_slist_append(list.get(), line);
    CHECK(longer != nullptr);
    (void)list.release();
    list.reset(longer);
  }
  return list;
}

template <typename T>
void set(const Easy& easy, CURLoption option, T value) {
  CHECK(curl_easy_setopt(easy.get(), option, value) == CURLE_OK);
}

common::Error transport_error(const Easy& easy, CURLcode code, const char* detail) {
  long os_errno = 0;
  if (code == CURLE_COULDNT_CONNECT) curl_easy_getinfo(easy.get(), CURLINFO_OS_ERRNO, &os_errno);
  if (os_errno != 0) {
    errno = static_cast<int>(os_errno);
    return {common::errno_error("connect").message, 0};
  }
  return common::error("{}", common::quoted(detail[0] != '\0' ? detail : curl_easy_strerror(code)));
}

}  // namespace

common::Result<void> load_curl() {
  const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) return common::error("curl_global_init: {}", curl_easy_strerror(code));
  return {};
}

common::Result<std::string> GrpcServer::call(std::string_view method,
                                             std::string_view request) const {
  const Easy easy(curl_easy_init(), curl_easy_cleanup);
  if (!easy) return common::error("curl_easy_init failed");
  const HeaderList headers = request_headers();
  const std::string body = frame(request);
  const auto timeout =
      static_cast<long>(std::chrono::milliseconds(limits::kCriCallTimeout).count());
  std::array<char, CURL_ERROR_SIZE> detail{};
  Answer answer;

  set(easy, CURLOPT_ERRORBUFFER, detail.data());
  set(easy, CURLOPT_UNIX_SOCKET_PATH, socket_path_.c_str());
  set(easy, CURLOPT_URL, fmt::format("http://localhost/{}", method).c_str());
  set(easy, CURLOPT_PROXY, "");
  set(easy, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE});
  // libcurl 7.88 fails the second such request on one connection (curl/curl#10634).
  set(easy, CURLOPT_FORBID_REUSE, 1L);
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_TIMEOUT_MS, timeout);
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, timeout);
  set(easy, CURLOPT_HTTPHEADER, headers.get());
  set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body.size()));
  set(easy, CURLOPT_POSTFIELDS, body.data());
  set(easy, CURLOPT_HEADERFUNCTION, take_header);
  set(easy, CURLOPT_HEADERDATA, &answer);
  set(easy, CURLOPT_WRITEFUNCTION, take_body);
  set(easy, CURLOPT_WRITEDATA, &answer);

  const CURLcode code = curl_easy_perform(easy.get());
  if (answer.too_large) return common::error("the answer is over its bound");
  if (code != CURLE_OK) return transport_error(easy, code, detail.data());
  if (auto outcome = answer.status.outcome(); !outcome) return outcome.error();
  const auto message = unframe(answer.body);
  if (!message) return message.error();
  answer.body.erase(0, static_cast<std::size_t>(message->data() - answer.body.data()));
  return std::move(answer.body);
}

}  // namespace zomg::resolver
