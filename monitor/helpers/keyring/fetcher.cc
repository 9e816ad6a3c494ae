#include "monitor/helpers/keyring/fetcher.h"

#include <curl/curl.h>

#include <array>

#include "common/base/limits.h"
#include "common/base/quoted.h"

namespace zomg::keyring {
namespace {

using messages::FetchFailure;

FetchFailure failure_of(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return FetchFailure::kTimeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CIPHER:
      return FetchFailure::kTls;
    default:
      return FetchFailure::kNetwork;
  }
}

template <typename T>
void set(CURL* easy, CURLoption option, T value) {
  CHECK(curl_easy_setopt(easy, option, value) == CURLE_OK);
}

long milliseconds(std::chrono::milliseconds time) {
  return static_cast<long>(time.count());
}

}  // namespace

struct Fetcher::Request {
  std::size_t id = 0;
  std::unique_ptr<CURL, void (*)(CURL*)> easy{curl_easy_init(), curl_easy_cleanup};
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers{nullptr, curl_slist_free_all};
  std::array<char, CURL_ERROR_SIZE> detail{};
  Answer answer;
  std::size_t header_bytes = 0;
  bool too_large = false;
  bool status_says_all = false;

  void configure(const std::string& url, const std::string& etag, const std::string& ca_bundle);

  static std::size_t take_header(char* data, std::size_t, std::size_t size, void* user) {
    auto& self = *static_cast<Request*>(user);
    self.header_bytes += size;
    self.too_large = self.header_bytes > limits::kMaxGithubHeaderBytes;
    if (self.too_large) return 0;
    take_header_line({data, size}, self.answer);
    return size;
  }
  static std::size_t take_body(char* data, std::size_t, std::size_t size, void* user) {
    auto& self = *static_cast<Request*>(user);
    long status = 0;
    curl_easy_getinfo(self.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    self.status_says_all = status != 200;
    self.too_large = size > limits::kMaxGithubBodyBytes - self.answer.body.size();
    if (self.status_says_all || self.too_large) return 0;
    self.answer.body.append(data, size);
    return size;
  }
};

void Fetcher::Request::configure(const std::string& url, const std::string& etag,
                                 const std::string& ca_bundle) {
  if (!etag.empty()) {
    headers.reset(curl_slist_append(nullptr, ("If-None-Match: " + etag).c_str()));
    CHECK(headers != nullptr);
  }
  CURL* handle = easy.get();
  set(handle, CURLOPT_PRIVATE, this);
  set(handle, CURLOPT_ERRORBUFFER, detail.data());
  set(handle, CURLOPT_URL, url.c_str());
  set(handle, CURLOPT_PROTOCOLS_STR, "https");
  set(handle, CURLOPT_FOLLOWLOCATION, 0L);
  set(handle, CURLOPT_PROXY, "");
  set(handle, CURLOPT_USERAGENT, "zomg-ssh-gateway");
  // The simpler parser; requests are few.
  set(handle, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  set(handle, CURLOPT_HTTPHEADER, headers.get());
  set(handle, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  curl_blob bundle{const_cast<char*>(ca_bundle.data()), ca_bundle.size(), CURL_BLOB_NOCOPY};
  set(handle, CURLOPT_CAINFO_BLOB, &bundle);
  set(handle, CURLOPT_CAPATH, nullptr);
  set(handle, CURLOPT_NOSIGNAL, 1L);
  set(handle, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(limits::kFetchConnectTimeout));
  set(handle, CURLOPT_TIMEOUT_MS, milliseconds(limits::kFetchTimeout));
  set(handle, CURLOPT_LOW_SPEED_LIMIT, limits::kFetchLowSpeedBytes);
  set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(limits::kFetchLowSpeedTime.count()));
  set(handle, CURLOPT_HEADERFUNCTION, take_header);
  set(handle, CURLOPT_HEADERDATA, this);
  set(handle, CURLOPT_WRITEFUNCTION, take_body);
  set(handle, CURLOPT_WRITEDATA, this);
}

common::Result<void> load_curl() {
  const CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (code != CURLE_OK) return common::error("curl_global_init: {}", curl_easy_strerror(code));
  return {};
}

Fetcher::Fetcher(std::string ca_bundle)
    : ca_bundle_(std::move(ca_bundle)),
      multi_(curl_multi_init(), [](void* multi) { curl_multi_cleanup(multi); }) {
  CHECK(multi_ != nullptr);
}

Fetcher::~Fetcher() {
  for (const auto& [easy, request] : requests_) curl_multi_remove_handle(multi_.get(), easy);
}

void Fetcher::start(std::size_t id, const std::string& url, const std::string& etag) {
  auto request = std::make_unique<Request>();
  CHECK(request->easy != nullptr);
  request->id = id;
  request->configure(url, etag, ca_bundle_);
  void* easy = request->easy.get();
  requests_.emplace(easy, std::move(request));
  CHECK(curl_multi_add_handle(multi_.get(), easy) == CURLM_OK);
}

std::vector<Fetcher::Done> Fetcher::wait(int wake_fd, std::chrono::milliseconds timeout) {
  curl_waitfd wake{wake_fd, CURL_WAIT_POLLIN, 0};
  const auto longest = static_cast<int>(timeout.count());
  CHECK(curl_multi_poll(multi_.get(), &wake, 1, longest, nullptr) == CURLM_OK);
  int running = 0;
  CHECK(curl_multi_perform(multi_.get(), &running) == CURLM_OK);
  std::vector<Done> done;
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
    if (message->msg == CURLMSG_DONE) {
      done.push_back(finish(message->easy_handle, message->data.result));
    }
  }
  return done;
}

Fetcher::Done Fetcher::finish(void* easy, int code) {
  const auto result = static_cast<CURLcode>(code);
  CHECK(curl_multi_remove_handle(multi_.get(), easy) == CURLM_OK);
  auto node = requests_.extract(easy);
  CHECK(!node.empty());
  Request& request = *node.mapped();
  Done done{request.id, std::move(request.answer), false};
  curl_off_t retry_after = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &done.answer.status);
  curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &retry_after);
  done.answer.retry_after = std::chrono::seconds(retry_after);
  if (request.status_says_all) return done;
  if (request.too_large) {
    done.answer.failure = FetchFailure::kNoKeys;
    done.answer.reason = "the answer is over its bound";
  } else if (result != CURLE_OK) {
    done.answer.failure = failure_of(result);
    done.answer.reason = common::quoted(request.detail[0] != '\0' ? request.detail.data()
                                                                  : curl_easy_strerror(result));
    done.may_be_outdated =
        result == CURLE_COULDNT_RESOLVE_HOST || result == CURLE_PEER_FAILED_VERIFICATION;
  }
  return done;
}

}  // namespace zomg::keyring
