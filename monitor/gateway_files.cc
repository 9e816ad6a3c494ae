#include "common/base/limits.h"
#include "common/base/log.h"
#include "monitor/connections/banner.h"
#include "monitor/gateway.h"
#include "monitor/settings/reload.h"

// The files that are read while the gateway serves: of keys when they change, others on SIGHUP.

namespace zomg::monitor {

using common::Result;

Result<void> Gateway::watch_key_files() {
  const Settings& settings = config_.settings;
  const auto watch = [this](std::optional<FileWatch>& place, const std::string& path,
                            std::size_t max_bytes, bool at_once, const char* setting,
                            FileWatch::Silence silence,
                            FileWatch::OnContents on_contents) -> Result<void> {
    if (path.empty()) return {};
    messages::FileOrder order{messages::FileTask::kWatch, std::string_view(path), max_bytes,
                              at_once, config_.settings.strict_modes};
    place.emplace(loop_, config_.programs.file_reader, config_.null.get(), std::move(order),
                  setting, silence, std::move(on_contents));
    return place->start();
  };
  auto started =
      watch(authorized_keys_file_, settings.authorized_keys_file, limits::kMaxAuthorizedKeysBytes,
            false, "ZOMG_SSH_AUTHORIZED_KEYS_FILE", FileWatch::Silence::kStays,
            [this](const auto& text) { config_.keys.take_file(text); });
  if (!started) return started;
  return watch(revoked_keys_file_, settings.revoked_keys_file, limits::kMaxRevokedKeysBytes, true,
               "ZOMG_SSH_REVOKED_KEYS_FILE", FileWatch::Silence::kIsAnError,
               [this](const auto& bytes) {
                 if (config_.revoked_keys.take(bytes)) end_revoked();
               });
}

void Gateway::reload_keys() {
  log::info("reading the keys again");
  if (authorized_keys_file_) authorized_keys_file_->read_now();
  if (revoked_keys_file_) revoked_keys_file_->read_now();
  keyring_.fetch_now();
}

void Gateway::reload() {
  audit_.reopen(files_);
  const std::string path = process_environment("ZOMG_SSH_CONFIG").value_or("");
  if (path.empty()) return apply_settings(messages::SettingsFile{});
  settings_reading_.start(path, [this](const auto& file) { apply_settings(file); });
}

void Gateway::apply_settings(const Result<messages::SettingsFile>& file) {
  const SettingsReport report =
      examine_settings(process_environment, [&file](const std::string&) { return file; });
  for (const common::Error& problem : report.problems) log::error("{}", problem.message);
  if (!report.problems.empty()) {
    return log::error("the settings stay as they were until these are mended");
  }
  Reloaded reloaded = reload_settings(config_.settings, report.settings);
  for (const std::string& name : reloaded.waiting) {
    log::warning("{} was changed: in force when the gateway is started again", name);
  }
  config_.settings = std::move(reloaded.settings);
  log::start("zomg-ssh-gateway", config_.settings.log_level);
  reload_banner();
  (void)tell_supervisor().has_value();
  log::info("the settings were read again");
  end_revoked();  // by what was revoked before ZOMG_SSH_CLOSE_REVOKED said so
}

void Gateway::reload_banner() {
  const std::string& path = config_.settings.banner_file;
  if (path.empty()) return config_.banner.clear();
  messages::FileOrder order;
  order.path = std::string_view(path);
  order.max_bytes = limits::kMaxBannerBytes;
  order.strict_modes = config_.settings.strict_modes;
  files_.run(order, [this](const Result<FileAnswer>& file) {
    if (!file) return log::error("the banner stays as it was: {}", file.error().message);
    config_.banner = shown_banner(file->contents);
  });
}

}  // namespace zomg::monitor
