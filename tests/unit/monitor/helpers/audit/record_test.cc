#include "monitor/helpers/audit/record.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace zomg::audit {
namespace {

constexpr messages::EventStamp kStamp{7, 1'795'501'830'000'042, 3};
const std::string kStart = R"({"time":"2026-11-24T06:30:30.000042Z","number":7,"event":")";

bool is_printable_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

TEST(RecordTest, Connection) {
  EXPECT_EQ(record(messages::ConnectionOpened{
                kStamp, {std::string_view("192.0.2.1"), 5000}, {std::string_view("::1"), 2222}}),
            kStart + R"(connection","connection":3,"client":"192.0.2.1","client_port":5000,)"
                     R"("server":"::1","server_port":2222})");
  EXPECT_EQ(record(messages::ConnectionClosed{kStamp, true, 1500}),
            kStart + R"(connection_end","connection":3,"authenticated":true,"duration_us":1500})");
}

TEST(RecordTest, WhatBelongsToNoConnectionNamesNone) {
  const std::string line = record(messages::ConnectionRefused{
      {8, 0, 0}, {std::string_view("192.0.2.1"), 1}, messages::ConnectionRefusal::kStopping});
  EXPECT_EQ(line.find("\"connection\""), std::string::npos);
  EXPECT_NE(line.find(R"("reason":"gateway_stopping")"), std::string::npos);
}

TEST(RecordTest, AcceptedKeyNamesItsSourceAndNoCertificate) {
  messages::AuthenticationAccepted event{kStamp, {}, {}, {}, {}, {}};
  event.login_name.value = "demo--box1";
  event.algorithm.value = "ssh-ed25519";
  event.fingerprint.value = "SHA256:abc";
  event.key_source.value = "/keys line 4";
  EXPECT_EQ(record(event), kStart + R"(authentication","connection":3,"accepted":true,)"
                                    R"("user":"demo--box1","algorithm":"ssh-ed25519",)"
                                    R"("key":"SHA256:abc","key_source":"/keys line 4"})");
}

TEST(RecordTest, AcceptedCertificateNamesItsAuthority) {
  messages::AuthenticationAccepted event{kStamp, {}, {}, {}, {}, {}};
  event.certificate.ca_fingerprint.value = "SHA256:ca";
  event.certificate.key_id.value = "alice";
  event.certificate.serial = UINT64_MAX;
  EXPECT_NE(
      record(event).find(R"("ca":"SHA256:ca","key_id":"alice","serial":18446744073709551615)"),
      std::string::npos);
}

TEST(RecordTest, HostileNamesAreEscaped) {
  messages::AuthenticationRefused event;
  event.login_name.value =
      std::string_view("\"},\n{\"event\":\"x\" \x1b[2J\\ \0\x7f \xe2\x80\xa8 \xff\xc3(", 38);
  event.reason.value = "no";
  const std::string line = record(event);
  EXPECT_TRUE(is_printable_ascii(line)) << line;
  EXPECT_NE(line.find(R"("user":"\"},\n{\"event\":\"x\" \u001b[2J\\ \u0000\u007f \u2028 \ufffd)"),
            std::string::npos)
      << line;
}

TEST(RecordTest, Lookup) {
  messages::LookupEnded event;
  event.stamp = kStamp;
  event.login_name.value = "demo--box1";
  event.kubernetes_namespace.value = "ns";
  event.pod.value = "p";
  event.pod_uid.value = "u";
  event.container.value = "c";
  event.container_id.value = "id";
  event.path = messages::BoxPath::kKubectl;
  event.duration_us = 9;
  EXPECT_EQ(record(event),
            kStart + R"(lookup","connection":3,"user":"demo--box1","found":true,"namespace":"ns",)"
                     R"("pod":"p","pod_uid":"u","container":"c","container_id":"id",)"
                     R"("path":"kubectl","duration_us":9})");
  event.failure = common::Failure::kNoSuchBox;
  EXPECT_EQ(record(event), kStart + R"(lookup","connection":3,"user":"demo--box1","found":false,)"
                                    R"("reason":"no_such_box","duration_us":9})");
}

TEST(RecordTest, SessionStart) {
  messages::SessionStarted event{kStamp, 2,    messages::SessionKind::kExec, false, {},
                                 9000,   true, messages::BoxPath::kCri,      {}};
  event.command.value = "ls";
  EXPECT_EQ(record(event),
            kStart + R"(session","connection":3,"session":2,"kind":"exec","command":"ls",)"
                     R"("command_bytes":9000,"terminal":true,"path":"cri"})");
  event.path = messages::BoxPath::kKubectl;
  event.fallback = messages::FallbackReason::kNotOnNode;
  EXPECT_NE(record(event).find(R"("path":"kubectl","fallback":"not_on_node"})"), std::string::npos);
  event.kind = messages::SessionKind::kSftp;
  EXPECT_EQ(record(event).find("command"), std::string::npos);
}

TEST(RecordTest, SessionEnds) {
  messages::SessionEnded event;
  event.stamp = kStamp;
  event.session = 1;
  event.duration_us = 5;
  const std::string start = kStart + R"(session_end","connection":3,"session":1,)";
  EXPECT_EQ(record(event), start + R"("duration_us":5})");
  event.ending = messages::SessionEnding::kExited;
  event.code = 42;
  event.bytes_known = true;
  event.bytes_from_client = 1;
  event.bytes_to_client = 2;
  EXPECT_EQ(record(event),
            start + R"("status":42,"bytes_from_client":1,"bytes_to_client":2,"duration_us":5})");
  event.bytes_known = false;
  event.ending = messages::SessionEnding::kSignaled;
  event.code = 9;
  EXPECT_EQ(record(event), start + R"("signal":"KILL","duration_us":5})");
  event.ending = messages::SessionEnding::kFailed;
  event.code = static_cast<std::uint32_t>(common::Failure::kNoShell);
  EXPECT_EQ(record(event), start + R"("reason":"no_shell","duration_us":5})");
  event.ending = messages::SessionEnding::kProcessKilled;
  event.code = 9;
  EXPECT_EQ(record(event),
            start + R"("reason":"process_died","process_signal":"KILL","duration_us":5})");
  event.ending = messages::SessionEnding::kProcessExited;
  event.code = 1;
  EXPECT_EQ(record(event),
            start + R"("reason":"process_died","process_status":1,"duration_us":5})");
}

TEST(RecordTest, AnIdleSessionsEnd) {
  messages::SessionEnded event;
  event.stamp = kStamp;
  event.session = 1;
  event.ending = messages::SessionEnding::kSignaled;
  event.code = 1;
  event.idle = true;
  EXPECT_EQ(record(event), kStart + R"(session_end","connection":3,"session":1,"signal":"HUP",)"
                                    R"("reason":"idle_timeout","duration_us":0})");
}

TEST(RecordTest, SftpOperations) {
  const std::string start =
      kStart + R"(sftp","connection":3,"session":2,"claimed_by":"connection","operation":)";
  messages::SftpOperation event;
  event.stamp = kStamp;
  event.report.session = 2;
  event.report.path = std::string_view("a\xff\nb");
  event.report.succeeded = true;
  event.report.for_writing = true;
  EXPECT_EQ(record(event), start + R"("open","path":"a\ufffd\nb","succeeded":true,)"
                                   R"("for_reading":false,"for_writing":true})");
  event.report.action = messages::SftpAction::kRename;
  event.report.path = std::string_view("a");
  event.report.target = std::string_view("b");
  event.report.untold = 7;
  EXPECT_EQ(record(event),
            start + R"("rename","path":"a","succeeded":true,"target":"b","untold":7})");
  event.report.unanswered = true;
  EXPECT_EQ(record(event), start + R"("rename","path":"a","target":"b","untold":7})");
  event.report = {};
  event.report.session = 2;
  event.report.action = messages::SftpAction::kClose;
  event.report.bytes_written = 5;
  EXPECT_EQ(record(event),
            start + R"("close","path":"","succeeded":false,"bytes_read":0,"bytes_written":5})");
  event.report.action = messages::SftpAction::kCopy;
  event.report.path = std::string_view("a");
  event.report.target = std::string_view("b");
  EXPECT_EQ(record(event), start + R"("copy","path":"a","succeeded":false,"target":"b"})");
  event.report.action = messages::SftpAction::kSetAttributes;
  event.report.attributes = 1 | 2 | 8 | 1U << 31;
  EXPECT_EQ(record(event), start + R"("setstat","path":"a","succeeded":false,)"
                                   R"("attributes":["size","owner","times"]})");
  event.report.attributes = 4;
  event.report.permissions = 0104755;
  EXPECT_EQ(record(event), start + R"("setstat","path":"a","succeeded":false,)"
                                   R"("attributes":["mode"],"mode":"4755"})");
}

TEST(RecordTest, NumbersOutOfEveryRangeAreWrittenAllTheSame) {
  messages::SessionEnded event;
  event.ending = messages::SessionEnding::kSignaled;
  event.code = 4'000'000'000;
  EXPECT_NE(record(event).find(R"("signal":"4000000000")"), std::string::npos);
  event.ending = messages::SessionEnding::kFailed;
  EXPECT_NE(record(event).find(R"("reason":"unknown")"), std::string::npos);
}

TEST(RecordTest, BrokenContractsAndRevokedLogins) {
  EXPECT_EQ(record(messages::ContractBroken{kStamp, std::string_view("OpenSession: too \"much\"")}),
            kStart + R"(contract_broken","connection":3,"violation":"OpenSession: too \"much\""})");
  EXPECT_EQ(record(messages::LoginRevoked{kStamp, std::string_view("demo--box1"),
                                          std::string_view("SHA256:abc"),
                                          std::string_view("it has expired")}),
            kStart + R"(revoked","connection":3,"user":"demo--box1","key":"SHA256:abc",)"
                     R"("reason":"it has expired"})");
}

TEST(RecordTest, Reports) {
  EXPECT_EQ(record(messages::Reported{kStamp, messages::Event::kForwardingRefused}),
            kStart + R"(refusal","connection":3,"reason":"forwarding"})");
  EXPECT_EQ(record(messages::Reported{kStamp, messages::Event::kClientTimedOut}),
            kStart + R"(disconnect","connection":3,"reason":"client_timed_out"})");
  EXPECT_EQ(record(messages::EventsDropped{{0, 0, 0}, 12}),
            R"({"time":"1970-01-01T00:00:00.000000Z","event":"events_dropped","count":12})");
}

}  // namespace
}  // namespace zomg::audit
