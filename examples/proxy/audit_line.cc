// SPDX-License-Identifier: Apache-2.0

#include "audit_line.h"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <string>

#include "doorward/reason.h"

namespace proxy {
namespace {

uint8_t Octet(std::string_view text, size_t i) {
  return i < text.size() ? static_cast<uint8_t>(text[i]) : 0;
}

// Returns the length of the well-formed UTF-8 sequence (Unicode table 3-7) above ASCII at the
// beginning of `text`; 0 where there is none.
size_t SequenceLength(std::string_view text) {
  const uint8_t first = Octet(text, 0), second = Octet(text, 1);
  const auto continues = [&](size_t i) { return (Octet(text, i) & 0xc0) == 0x80; };
  if (first < 0xc2 || first > 0xf4 || !continues(1)) return 0;
  if (first < 0xe0) return 2;
  const bool overlong = (first == 0xe0 && second < 0xa0) || (first == 0xf0 && second < 0x90);
  const bool surrogate = first == 0xed && second >= 0xa0;
  const bool too_large = first == 0xf4 && second >= 0x90;
  if (overlong || surrogate || too_large || !continues(2)) return 0;
  if (first < 0xf0) return 3;
  return continues(3) ? 4 : 0;
}

void AppendEscape(uint8_t code, std::string& out) {
  constexpr char kDigits[] = "0123456789abcdef";
  out += "\\u00";
  out += kDigits[code >> 4];
  out += kDigits[code & 15];
}

// A member of the object; the first one brings the brace, every other a comma.
void AppendName(std::string_view name, std::string& out) {
  out += ",\"";
  out += name;
  out += "\":";
}

void AppendText(std::string_view name, std::string_view text, std::string& out) {
  AppendName(name, out);
  AppendJson(text, out);
}

// "" stands for what is not known.
void AppendTextOrNull(std::string_view name, std::string_view text, std::string& out) {
  if (!text.empty()) return AppendText(name, text, out);
  AppendName(name, out);
  out += "null";
}

void AppendDigits(uint64_t value, size_t width, std::string& out) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  const auto length = static_cast<size_t>(end - digits);
  if (length < width) out.append(width - length, '0');
  out.append(digits, length);
}

void AppendNumber(std::string_view name, uint64_t value, std::string& out) {
  AppendName(name, out);
  AppendDigits(value, 0, out);
}

void AppendStatusOrNull(std::string_view name, int status, std::string& out) {
  if (status > 0) return AppendNumber(name, static_cast<uint64_t>(status), out);
  AppendName(name, out);
  out += "null";
}

// RFC 3339, in UTC.
void AppendTime(std::chrono::system_clock::time_point time, std::string& out) {
  using std::chrono::days;
  const auto midnight = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(midnight);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::microseconds>(time - midnight));
  const auto append = [&](auto value, size_t width, char after) {
    AppendDigits(static_cast<uint64_t>(value), width, out);
    out += after;
  };
  append(static_cast<int>(date.year()), 4, '-');
  append(static_cast<unsigned>(date.month()), 2, '-');
  append(static_cast<unsigned>(date.day()), 2, 'T');
  append(clock.hours().count(), 2, ':');
  append(clock.minutes().count(), 2, ':');
  append(clock.seconds().count(), 2, '.');
  append(clock.subseconds().count(), 6, 'Z');
}

void AppendHead(std::chrono::system_clock::time_point time, std::string_view event,
                std::string_view request_id, std::string& out) {
  out += "{\"time\":\"";
  AppendTime(time, out);
  out += '"';
  AppendText("event", event, out);
  AppendText("request_id", request_id, out);
}

// Of what a client may make as long as a head.
std::string Beginning(std::string_view text, size_t limit) {
  return text.size() <= limit ? std::string(text) : std::string(text.substr(0, limit)) + "...";
}

uint64_t Count(auto duration) {
  return duration.count() > 0 ? static_cast<uint64_t>(duration.count()) : 0;
}

}  // namespace

void AppendJson(std::string_view text, std::string& out) {
  out += '"';
  for (size_t i = 0; i < text.size();) {
    const uint8_t c = Octet(text, i);
    const size_t length = c < 0x80 ? 1 : SequenceLength(text.substr(i));
    if (length == 0) {
      out += "\\ufffd";
    } else if (c < 0x20 || c == 0x7f) {
      AppendEscape(c, out);
    } else if (c == 0xc2 && Octet(text, i + 1) < 0xa0) {
      AppendEscape(Octet(text, i + 1), out);
    } else {
      if (c == '"' || c == '\\') out += '\\';
      out.append(text, i, length);
    }
    i += length == 0 ? 1 : length;
  }
  out += '"';
}

void AppendLine(const DecisionContext& context, const doorward::Decision& decision,
                std::string& out) {
  AppendHead(context.time, "decision", context.request_id, out);
  AppendTextOrNull("policy", decision.policy_revision(), out);
  AppendText("outcome", decision.allowed() ? "allow" : "deny", out);
  AppendStatusOrNull("status", decision.http_status(), out);
  AppendTextOrNull("rule", decision.rule_id(), out);
  AppendText("reason", doorward::ReasonName(decision.reason()), out);
  AppendName("report", out);
  char before = '[';
  for (const std::string_view id : decision.report()) {
    out += before;
    AppendJson(id, out);
    before = ',';
  }
  out += before == '[' ? "[]" : "]";
  AppendTextOrNull("issuer", decision.issuer(), out);
  AppendTextOrNull("subject", decision.subject(), out);
  AppendText("method", Beginning(context.method, 32), out);
  AppendText("host", Beginning(context.host, 255), out);
  AppendTextOrNull("path", decision.path(), out);
  AppendTextOrNull("source_ip", context.source_ip, out);
  AppendNumber("decision_ns", Count(context.decision_time), out);
  out += "}\n";
}

void AppendLine(const ExchangeRecord& record, std::string& out) {
  AppendHead(record.time, "exchange", record.request_id, out);
  AppendTextOrNull("upstream", record.upstream, out);
  AppendStatusOrNull("upstream_status", record.upstream_status, out);
  AppendStatusOrNull("status", record.status, out);
  if (!record.error.empty()) AppendText("error", record.error, out);
  AppendNumber("bytes_received", record.bytes_received, out);
  AppendNumber("bytes_sent", record.bytes_sent, out);
  AppendNumber("total_us",
               Count(std::chrono::duration_cast<std::chrono::microseconds>(record.total_time)),
               out);
  out += "}\n";
}

}  // namespace proxy
