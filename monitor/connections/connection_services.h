#pragma once

#include "monitor/base/event_loop.h"
#include "monitor/boxes/box_finder.h"
#include "monitor/boxes/session_launcher.h"
#include "monitor/boxes/session_recorder.h"
#include "monitor/connections/admission.h"
#include "monitor/events/journal.h"
#include "monitor/events/refused_sessions.h"
#include "monitor/keys/host_key.h"
#include "monitor/login/user_authenticator.h"
#include "monitor/settings/settings.h"

namespace zomg::monitor {

/// What all connections share.
struct ConnectionServices {
  EventLoop& loop;
  Journal& journal;
  RefusedSessions& refused_sessions;
  const Settings& settings;
  Admission& admission;
  const HostKey& host_key;
  const UserAuthenticator& authenticator;
  BoxFinder& finder;
  SessionLauncher& launcher;
  SessionRecorder& recorder;
};

}  // namespace zomg::monitor
