#include "common/base/limits.h"
#include "monitor/check/checks.h"
#include "monitor/files/file.h"
#include "monitor/keys/host_key.h"
#include "monitor/login/authorized_keys.h"
#include "monitor/login/revoked_keys.h"

namespace zomg::monitor::check {
namespace {

void add_keys(AuthorizedKeys& keys, std::string_view text, const std::string& source,
              Findings& findings) {
  const std::size_t before = keys.size();
  const auto rejected = keys.add(text, source);
  for (const RejectedLine& line : rejected) {
    findings.warning("keys", fmt::format("{} is skipped: {}", line.source, line.reason),
                     "Correct or remove that line");
  }
  findings.good("keys", fmt::format("{}: {} usable", source, keys.size() - before));
}

}  // namespace

void check_keys(const Settings& settings, Findings& findings) {
  const auto host_key = HostKey::load(settings.host_key_path, settings.strictness());
  // Its messages say what to do.
  if (host_key) {
    findings.good("host key", settings.host_key_path);
  } else {
    findings.bad("host key", host_key.error().message, {});
  }
  AuthorizedKeys keys;
  if (!settings.authorized_keys.empty()) {
    add_keys(keys, settings.authorized_keys, "ZOMG_SSH_AUTHORIZED_KEYS", findings);
  }
  if (const std::string& path = settings.authorized_keys_file; !path.empty()) {
    auto text = read_file(path, limits::kMaxAuthorizedKeysBytes, settings.strictness());
    if (text) {
      add_keys(keys, *text, path, findings);
    } else {
      findings.bad("keys", text.error(),
                   "Make the file that ZOMG_SSH_AUTHORIZED_KEYS_FILE names readable");
    }
  }
  if (!settings.github_users.empty()) {
    findings.good("keys", fmt::format("of {} GitHub users, from {}", settings.github_users.size(),
                                      settings.github_url));
  } else if (keys.size() == 0) {
    findings.bad("keys", "none is usable: nobody could log in",
                 "Put public keys in ZOMG_SSH_AUTHORIZED_KEYS or in the file that "
                 "ZOMG_SSH_AUTHORIZED_KEYS_FILE names, or name users in ZOMG_SSH_GITHUB_USERS");
  }
  if (settings.revoked_keys_file.empty()) return;
  if (auto loaded = RevokedKeys(settings.revoked_keys_file, settings.strictness()).load();
      !loaded) {
    findings.bad("revoked keys", loaded.error(),
                 "Mend the file that ZOMG_SSH_REVOKED_KEYS_FILE names: until then nobody logs in");
  } else {
    findings.good("revoked keys", settings.revoked_keys_file);
  }
}

}  // namespace zomg::monitor::check
