// Every IPC message from hostile bytes. Property: what decodes encodes to the same bytes again.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "common/base/check.h"
#include "common/messages/file.h"
#include "common/messages/health.h"
#include "common/messages/keyring.h"
#include "common/messages/kubernetes.h"
#include "common/messages/log.h"
#include "common/messages/recorder.h"
#include "common/messages/session.h"
#include "common/messages/settings.h"
#include "common/messages/supervisor.h"

namespace {

using namespace zomg;

template <typename... Messages>
void round_trip(std::string_view packet) {
  const auto one = [packet]<typename M>(std::type_identity<M>) {
    const auto message = ipc::decode<M>(packet);
    if (!message) return;
    const auto encoded = ipc::encode(*message);
    CHECK(encoded && *encoded == packet);
  };
  (one(std::type_identity<Messages>{}), ...);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace messages;
  round_trip<Welcome, SignExchange, ExchangeHashSignature, CheckKey, KeyChecked, VerifyUser,
             UserVerified, OpenSession, SessionOpened, Report, ReportTraffic, ProxyHeader,
             ProxyHeaderTaken, ConnectionCrashed, ListenerSettings, ListenOn, AdmitConnection,
             ConnectionAdmitted, ResolverSettings, LookUpBox, BoxLookedUp, SessionTarget,
             SessionPlan, SessionReady, SessionGo, DeliverSignal, SessionExited, SessionSignaled,
             SessionFailed, SessionEntered, SessionNotEntered, ForkSession, SessionForked,
             PodTarget, KubernetesSettings, ClusterExamined, ObserverSettings, AuditOutput,
             ConnectionOpened, ConnectionRefused, ConnectionClosed, AuthenticationAccepted,
             AuthenticationRefused, LookupEnded, SessionStarted, SessionRefused, SessionEnded,
             Reported, ContractBroken, LoginRevoked, EventsDropped, EndConnection, KeyringSettings,
             FetchNow, GithubKeys, GithubFailure, SettingsFile, MetricsSettings, ListenForScrapes,
             GatewayState, KeySources, Inheritance, KeptSocket, Serving, RecordOrder, SftpOperation,
             ReportSftp, LogSettings, LogReady, AskForgotten, Forgotten, FlushLog, LogFlushed,
             FileOrder, ReadFileNow, FileAnswer, FileLooked, FilePart>(
      {reinterpret_cast<const char*>(data), size});
  return 0;
}
