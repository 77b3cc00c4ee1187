// SPDX-License-Identifier: Apache-2.0

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "tests/unit/policy/load_support.h"

namespace doorward {
namespace {

const DiagnosticCase kErrors[] = {
    {"typo", "request: {path_case: folded}", 2, 22, "unknown_value",
     "`folded` is no value for `path_case`", "folded", "`sensitive` or `fold`",
     "did you mean `fold`?"},
    {"unknown", "request: {cors: pass}", 2, 11, "unknown_member", "`request` has no member `cors`",
     "cors",
     "`path_case`, `backend`, `encoded_slash`, `empty_segments`, `semicolon`, `override_headers` "
     "or `cors_preflight`"},
    {"text", "request: strict", 2, 10, "wrong_type", "`request` must be an object, not text",
     "strict", "an object"},
    {"null", "request:", 2, 1, "empty_value", "`request` of a policy has no value", "request", "",
     "give it a value, or leave it out"},
    {"list val", "request: {path_case: [fold]}", 2, 22, "wrong_type",
     "`path_case` must be text, not a list", "[fold]", "text"},
    {"hosts empty", "hosts: []", 2, 8, "empty_list", "`hosts` is empty", "[]",
     "at least one entry"},
    {"hosts port", R"(hosts: ["a.example:80"])", 2, 10, "bad_host",
     "a host here has no port and is no IPv6 address", "a.example:80",
     "a host as `api.example.com` or `*.example.com`"},
    {"hosts *", R"(hosts: "*")", 2, 9, "bad_host", "`*` is no host", "*",
     "a host as `api.example.com` or `*.example.com`", "leave the host out to mean any"},
    {"hosts path", "hosts: [a.example/x]", 2, 9, "bad_host", "`a.example/x` is no host",
     "a.example/x", "a host as `api.example.com` or `*.example.com`"},
    {"set by wildcard", R"(forward: {headers: {"X-*": subject}})", 2, 21, "bad_token",
     "`*` stands for nothing in the name of a header that is set", R"("X-*")", "one header's name",
     "`*` stands at the end of a name in `strip` alone"},
    {"value misspelt", "forward: {headers: {X-U: subjct}}", 2, 26, "expression_name",
     "unknown name `subjct`", "subjct", "", "did you mean `subject`?"},
    {"strip host", "forward: {strip: [X-A, host]}", 2, 24, "forward_host",
     "`Host` cannot be stripped: no request goes without it", "host"},
    {"strip length", "forward: {strip: Content_Length}", 2, 18, "forward_hop_by_hop",
     "`Content_Length` belongs to one connection and cannot be stripped", "Content_Length"},
    {"strip hop-by-hop", "forward: {strip: [TE]}", 2, 19, "forward_hop_by_hop",
     "`TE` belongs to one connection and cannot be stripped", "TE"},
    {"token unknown", "token: {frm: []}", 2, 9, "unknown_member", "`token` has no member `frm`",
     "frm", "`from` or `forward`", "did you mean `from`?"},
    {"token from empty", "token: {from: []}", 2, 15, "empty_list", "`from` of `token` is empty",
     "[]", "at least one entry"},
    {"from text", "token: {from: Authorization}", 2, 15, "wrong_type",
     "an entry of `from` must be an object, not text", "Authorization", "an object"},
    {"from both", "token: {from: {header: A, cookie: b}}", 2, 15, "token_place",
     "an entry of `from` names both a header and a cookie", "{header: A, cookie: b}",
     "`header`, with or without `scheme`, or `cookie`"},
    {"from none", "token: {from: {scheme: b}}", 2, 15, "token_place",
     "an entry of `from` names neither a header nor a cookie", "{scheme: b}",
     "`header`, with or without `scheme`, or `cookie`"},
    {"from cookie scheme", "token: {from: {cookie: a, scheme: b}}", 2, 27, "token_place",
     "a cookie has no scheme", "scheme: b", "", "remove it"},
    {"from bad header", R"(token: {from: {header: "a b"}})", 2, 24, "bad_token",
     "`a b` cannot be the name of a header", R"("a b")", "letters, digits and ``!#$%&'*+-.^_`|~``"},
    {"from Cookie", "token: {from: {header: cookie}}", 2, 24, "token_place",
     "no token stands in the header `cookie`", "cookie", "",
     "write `cookie` with the cookie's name"},
    {"from Host", "token: {from: {header: Host}}", 2, 24, "token_place",
     "no token stands in the header `Host`", "Host"},
    {"bad scheme", R"(token: {from: {header: A, scheme: "b c"}})", 2, 35, "bad_token",
     "`b c` cannot be a scheme", R"("b c")", "letters, digits and ``!#$%&'*+-.^_`|~``"},
    {"from empty", R"(token: {from: {header: ""}})", 2, 24, "empty_value",
     "the name of a header is empty", R"("")"},
    {"from null", "token: {from: {header: }}", 2, 16, "empty_value",
     "`header` of an entry of `from` has no value", "header", "",
     "give it a value, or leave it out"},
    {"forward typo", "token: {forward: nevr}", 2, 18, "unknown_value",
     "`nevr` is no value for `forward` of `token`", "nevr", "`auto`, `always` or `never`",
     "did you mean `never`?"},
    {"headers list", "forward: {headers: [a]}", 2, 20, "wrong_type",
     "`headers` of `forward` must be an object of header names, not a list", "[a]",
     "an object of header names"},
    {"bad name", R"(forward: {headers: {"a b": subject}})", 2, 21, "bad_token",
     "`a b` cannot be the name of a header", R"("a b")", "letters, digits and ``!#$%&'*+-.^_`|~``"},
    {"host", "forward: {headers: {host: subject}}", 2, 21, "forward_host",
     "`Host` cannot be set: it would reach another host", "host"},
    {"value null", "forward: {headers: {X-A: }}", 2, 21, "empty_value",
     "the header `X-A` has no value", "X-A", "`subject`, say"},
    {"value obj", "forward: {headers: {X-A: {value: subject, required: yes}}}", 2, 53, "wrong_type",
     "`required` of a header must be `true` or `false`", "yes", "`true` or `false`"},
    {"value obj no value", "forward: {headers: {X-A: {required: true}}}", 2, 26, "missing_member",
     "the header `X-A` has no `value`", "", "an expression"},
    {"value obj unk", "forward: {headers: {X-A: {value: subject, require: true}}}", 2, 43,
     "unknown_member", "the header `X-A` has no member `require`", "require",
     "`value` or `required`", "did you mean `required`?"},
    {"value list", "forward: {headers: {X-A: [subject]}}", 2, 26, "wrong_type",
     "the value of a header must be text, not a list", "[subject]", "text"},
    {"value empty", R"(forward: {headers: {X-A: ""}})", 2, 26, "empty_value",
     "the value of a header is empty", R"("")"},
    {"forward unk", "forward: {header: {}}", 2, 11, "unknown_member",
     "`forward` has no member `header`", "header", "`headers` or `strip`",
     "did you mean `headers`?"},
    {"roles", "forward: {headers: {X-A: roles}}", 2, 26, "expression_type",
     "this gives a value of type list(string)", "roles", "a string"},
    {"a capture", "forward: {headers: {X-A: params.id}}", 2, 26, "expression_name",
     "`params` cannot stand here: captures belong to one endpoint of a rule", "params",
     "`request.path`, say"},
    {"no claim", "forward: {headers: {X-A: claims.}}", 2, 33, "expression_syntax",
     "unexpected end of the expression", "", "a name after the point"},
    {"hop by hop", "forward: {headers: {Transfer-Encoding: subject}}", 2, 21, "forward_hop_by_hop",
     "`Transfer-Encoding` belongs to one connection and cannot be forwarded", "Transfer-Encoding"},
    {"hop by hop by underscore", "forward: {headers: {keep_alive: subject}}", 2, 21,
     "forward_hop_by_hop", "`keep_alive` belongs to one connection and cannot be forwarded",
     "keep_alive"},
    {"content length", "forward: {headers: {content.length: subject}}", 2, 21, "forward_hop_by_hop",
     "`content.length` belongs to one connection and cannot be forwarded", "content.length"},
    {"strip inner", R"(forward: {strip: ["X-*-Y"]})", 2, 19, "bad_token",
     "`X-*-Y` cannot be the name of a header", R"("X-*-Y")",
     "a header's name, with one `*` at its end for any run"},
    {"strip space", R"(forward: {strip: ["a b"]})", 2, 19, "bad_token",
     "`a b` cannot be the name of a header", R"("a b")",
     "a header's name, with one `*` at its end for any run"},
    {"strip empty", R"(forward: {strip: [""]})", 2, 19, "empty_value",
     "`strip` of `forward` is empty", R"("")"},
    {"strip two stars", R"(forward: {strip: ["X-**"]})", 2, 19, "bad_token",
     "`X-**` cannot be the name of a header", R"("X-**")",
     "a header's name, with one `*` at its end for any run"},
    {"strip number", "forward: {strip: {a: b}}", 2, 18, "wrong_type",
     "`strip` of `forward` must be text, not an object", "{a: b}", "text"},
};

TEST(SectionErrors, OfRequestHostsTokenAndForward) {
  for (DiagnosticCase row : kErrors) {
    row.text = "doorward: 1\n" + row.text + "\n";
    ExpectDiagnostic(row, Load(row.text), Severity::kError);
  }
}

TEST(SectionErrors, TwoSpellingsOfOneHeader) {
  const DiagnosticCase row{
      "",
      "doorward: 1\nforward:\n  headers:\n    X-User: subject\n    x_user: issuer\n",
      5,
      5,
      "forward_repeated",
      "`x_user` is another spelling of a header that is set already",
      "x_user",
      "each header in one spelling",
      "the first is in line 4"};
  ExpectDiagnostic(row, Load(row.text), Severity::kError);
}

TEST(SectionErrors, EveryHopByHopNameIsRefused) {
  for (const std::string_view name :
       {"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection",
        "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length"}) {
    SCOPED_TRACE(name);
    const LoadedModel loaded =
        Load("doorward: 1\nforward: {headers: {" + std::string(name) + ": subject}}\n");
    ASSERT_EQ(loaded.diagnostics.size(), 1u);
    EXPECT_EQ(loaded.diagnostics[0].code, "forward_hop_by_hop");
    EXPECT_EQ(loaded.diagnostics[0].excerpt, name);
  }
}

}  // namespace
}  // namespace doorward
