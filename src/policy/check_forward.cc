// SPDX-License-Identifier: Apache-2.0
//
// `token` and `forward`: where tokens are found, and what the upstream learns of the caller.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "src/base/string_map.h"
#include "src/policy/check.h"
#include "src/policy/read_expression.h"

namespace doorward {
namespace {

using Kind = DocumentValue::Kind;

constexpr std::string_view kTokenMembers[] = {"from", "forward"};
constexpr std::string_view kPlaceMembers[] = {"header", "scheme", "cookie"};
constexpr std::string_view kForwardMembers[] = {"headers", "strip"};
constexpr std::string_view kHeaderMembers[] = {"value", "required"};
constexpr Word<TokenForward> kTokenForwards[] = {{"auto", TokenForward::kAuto},
                                                 {"always", TokenForward::kAlways},
                                                 {"never", TokenForward::kNever}};
// RFC 9110 section 7.6.1, and what frames a message.
constexpr std::string_view kHopByHop[] = {"Connection",
                                          "Keep-Alive",
                                          "Proxy-Authenticate",
                                          "Proxy-Authorization",
                                          "Proxy-Connection",
                                          "TE",
                                          "Trailer",
                                          "Transfer-Encoding",
                                          "Upgrade",
                                          "Content-Length"};
// The one spelling that all spellings of a header name fold to.
std::string FoldName(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 0x20);
    if (c == '_' || c == '.' || c == ' ') c = '-';
  }
  return out;
}

bool CheckTokenSyntax(Fields& fields, const DocumentValue& value, std::string_view what) {
  if (IsFieldName(value.text())) return true;
  fields.Error(value.at(), "bad_token", Quote(value.text()) + " cannot be " + std::string(what),
               {"letters, digits and ``!#$%&'*+-.^_`|~``", ""});
  return false;
}

std::optional<TokenPlace> ReadPlace(Fields& fields, const DocumentValue& value) {
  const ObjectFields place(fields, value, "an entry of `from`", kPlaceMembers);
  if (!place.is_object()) return std::nullopt;
  if (place.Has("header") == place.Has("cookie")) {
    if (place.is_partial()) return std::nullopt;
    fields.Error(value.at(), "token_place",
                 place.Has("header") ? "an entry of `from` names both a header and a cookie"
                                     : "an entry of `from` names neither a header nor a cookie",
                 {"`header`, with or without `scheme`, or `cookie`", ""});
    return std::nullopt;
  }
  TokenPlace out;
  const bool is_header = place.Has("header");
  out.kind = is_header ? TokenPlace::Kind::kHeader : TokenPlace::Kind::kCookie;
  const DocumentValue* const name = place.Find(is_header ? "header" : "cookie");
  const std::string_view what = is_header ? "the name of a header" : "the name of a cookie";
  if (name == nullptr || !fields.Text(*name, what) || !CheckTokenSyntax(fields, *name, what)) {
    return std::nullopt;
  }
  out.name = std::string(name->text());
  const std::string folded = FoldName(out.name);
  if (is_header && (folded == "cookie" || folded == "host")) {
    fields.Error(name->at(), "token_place", "no token stands in the header " + Quote(out.name),
                 {"", folded == "cookie" ? "write `cookie` with the cookie's name" : ""});
  }
  if (const DocumentValue* const scheme = place.Find("scheme")) {
    if (!is_header) {
      fields.Error(place.WholeSpan("scheme"), "token_place", "a cookie has no scheme",
                   {"", "remove it"});
    } else if (fields.Text(*scheme, "a scheme") && CheckTokenSyntax(fields, *scheme, "a scheme")) {
      out.scheme = std::string(scheme->text());
    }
  }
  return out;
}

void AddPlace(PolicyCheck& check, Span at, TokenPlace place) {
  std::vector<TokenPlace>& places = check.model.token_from;
  const bool is_there = std::any_of(places.begin(), places.end(), [&](const TokenPlace& other) {
    return other.kind == place.kind && other.name == place.name && other.scheme == place.scheme;
  });
  if (is_there) {
    check.fields.Warning(at, "repeated_value", "this place stands in the list already",
                         {"", "remove it here"});
  }
  places.push_back(std::move(place));
}

class ForwardCheck {
 public:
  explicit ForwardCheck(PolicyCheck& check) : check_(check), fields_(check.fields) {}

  void CheckHeaders(const DocumentValue& value);
  void CheckStrip(const DocumentValue& value);

 private:
  void CheckHeader(const DocumentValue& name, const DocumentValue& value);
  bool CheckHeaderName(const DocumentValue& name);
  // Reports a header that the proxies themselves need. `why_not`: "cannot be forwarded".
  bool CheckIsEndToEnd(const DocumentValue& name, std::string_view host_why_not,
                       std::string_view why_not);
  void ReadValue(const DocumentValue& value, ForwardHeaderModel& header);

  PolicyCheck& check_;
  Fields& fields_;
  StringMap<Span> names_;
};

void ForwardCheck::CheckHeaders(const DocumentValue& value) {
  if (value.kind() != Kind::kObject) {
    fields_.WrongType(value, "`headers` of `forward`", "an object of header names");
    return;
  }
  for (const auto& [name, header] : value.members()) CheckHeader(name, header);
}

bool ForwardCheck::CheckIsEndToEnd(const DocumentValue& name, std::string_view host_why_not,
                                   std::string_view why_not) {
  const std::string folded = FoldName(name.text());
  const auto is_spelled = [&](std::string_view other) { return folded == FoldName(other); };
  if (is_spelled("Host")) {
    fields_.Error(name.at(), "forward_host", std::string(host_why_not));
    return false;
  }
  if (std::any_of(std::begin(kHopByHop), std::end(kHopByHop), is_spelled)) {
    fields_.Error(name.at(), "forward_hop_by_hop",
                  Quote(name.text()) + " belongs to one connection and " + std::string(why_not));
    return false;
  }
  return true;
}

bool ForwardCheck::CheckHeaderName(const DocumentValue& name) {
  if (!CheckTokenSyntax(fields_, name, "the name of a header")) return false;
  if (name.text().find('*') != std::string_view::npos) {
    fields_.Error(name.at(), "bad_token",
                  "`*` stands for nothing in the name of a header that is set",
                  {"one header's name", "`*` stands at the end of a name in `strip` alone"});
    return false;
  }
  if (!CheckIsEndToEnd(name, "`Host` cannot be set: it would reach another host",
                       "cannot be forwarded")) {
    return false;
  }
  const std::string folded = FoldName(name.text());
  const auto [found, inserted] = names_.emplace(folded, name.at());
  if (inserted) return true;
  const uint32_t line = fields_.Line(found->second);
  fields_.Error(name.at(), "forward_repeated",
                Quote(name.text()) + " is another spelling of a header that is set already",
                {"each header in one spelling", "the first is in line " + std::to_string(line)});
  return false;
}

void ForwardCheck::CheckHeader(const DocumentValue& name, const DocumentValue& value) {
  ForwardHeaderModel header;
  header.at = name.at();
  header.name = std::string(name.text());
  const bool name_ok = CheckHeaderName(name);
  const std::string what = "the header " + Quote(name.text());
  if (value.kind() == Kind::kObject) {
    const ObjectFields members(fields_, value, what, kHeaderMembers);
    if (const DocumentValue* const inner = members.Require("value", "an expression")) {
      ReadValue(*inner, header);
    }
    if (const DocumentValue* const required = members.Find("required")) {
      header.required = fields_.Bool(*required, "`required` of a header").value_or(true);
    }
  } else if (value.is_null()) {
    fields_.Error(name.at(), "empty_value", what + " has no value", {"`subject`, say", ""});
  } else {
    ReadValue(value, header);
  }
  if (name_ok) check_.model.forward_headers.push_back(std::move(header));
}

void ForwardCheck::ReadValue(const DocumentValue& value, ForwardHeaderModel& header) {
  header.value =
      ReadExpression(fields_, value, "the value of a header", ExpressionPlace::kForward, 's');
}

void ForwardCheck::CheckStrip(const DocumentValue& value) {
  constexpr std::string_view kWhat = "`strip` of `forward`";
  const std::vector<DocumentValue> list = fields_.List(value, kWhat);
  for (const DocumentValue& entry : list) {
    const std::optional<std::string_view> text = fields_.Text(entry, kWhat);
    if (!text) continue;
    const std::string_view name = text->ends_with('*') ? text->substr(0, text->size() - 1) : *text;
    if (name.empty()) {
      fields_.Warning(entry.at(), "strips_all", "the upstream gets none of the client's headers",
                      {"", "name the headers"});
    } else if (!IsFieldName(name) || name.find('*') != name.npos) {
      fields_.Error(entry.at(), "bad_token", Quote(*text) + " cannot be the name of a header",
                    {"a header's name, with one `*` at its end for any run", ""});
      continue;
    } else if (!CheckIsEndToEnd(entry, "`Host` cannot be stripped: no request goes without it",
                                "cannot be stripped")) {
      continue;
    }
    check_.model.strip.emplace_back(*text);
  }
  fields_.WarnRepeated(list);
}

}  // namespace

void CheckToken(PolicyCheck& check, const DocumentValue& section) {
  Fields& fields = check.fields;
  const ObjectFields token(fields, section, "`token`", kTokenMembers);
  if (const DocumentValue* const from = token.Find("from")) {
    check.model.token_from.clear();
    for (const DocumentValue& entry :
         fields.List(*from, "`from` of `token`", ListSize::kNotEmpty, kMaxTokenPlaces)) {
      if (auto place = ReadPlace(fields, entry)) AddPlace(check, entry.at(), *std::move(place));
    }
  }
  if (const DocumentValue* const forward = token.Find("forward")) {
    check.model.token_forward = fields.OneOf(*forward, "`forward` of `token`", kTokenForwards)
                                    .value_or(check.model.token_forward);
    if (check.model.token_forward == TokenForward::kAlways) {
      fields.Warning(
          token.WholeSpan("forward"), "token_forwarded",
          "the upstream, and whatever it logs, gets every token with which a caller came",
          {"`forward: auto` or `forward: never`", ""});
    }
  }
}

void CheckForward(PolicyCheck& check, const DocumentValue& section) {
  const ObjectFields forward(check.fields, section, "`forward`", kForwardMembers);
  ForwardCheck parts(check);
  if (const DocumentValue* const headers = forward.Find("headers")) parts.CheckHeaders(*headers);
  if (const DocumentValue* const strip = forward.Find("strip")) parts.CheckStrip(*strip);
}

}  // namespace doorward
