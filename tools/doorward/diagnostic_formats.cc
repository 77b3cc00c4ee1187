// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/diagnostic_formats.h"

#include <algorithm>
#include <cstdint>
#include <set>

#include "doorward/version.h"

#include "tools/doorward/json_writer.h"
#include "tools/doorward/terminal.h"

namespace doorward::command {
namespace {

int64_t Signed(size_t n) { return static_cast<int64_t>(n); }

const char* SeverityName(Severity severity) {
  return severity == Severity::kError ? "error" : "warning";
}

int64_t Count(const std::vector<Diagnostic>& diagnostics, Severity severity) {
  return std::count_if(diagnostics.begin(), diagnostics.end(),
                       [&](const Diagnostic& d) { return d.severity == severity; });
}

// RFC 3986: a path as a URI reference, relative where the path is.
std::string UriOf(std::string_view path) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out = path.starts_with('/') ? "file://" : "";
  for (char c : path) {
    const auto octet = static_cast<uint8_t>(c);
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += {'%', kHex[octet >> 4], kHex[octet & 15]};
    }
  }
  return out;
}

// SARIF 3.30. Ends with the line: the text at fault may go on, but a reader marks one line.
void WriteRegion(JsonWriter& w, const Diagnostic& d, std::string_view source) {
  const SourceLine line = LineAt(source, d.range.offset);
  const size_t length = CountCharacters(line.text.substr(line.before).substr(0, d.range.length));
  w.Member("region").Object([&] {
    w.Member("startLine").Number(d.range.line);
    w.Member("startColumn").Number(d.range.column);
    w.Member("endColumn").Number(d.range.column + Signed(length));
    w.Member("byteOffset").Number(Signed(d.range.offset));
    w.Member("byteLength").Number(Signed(d.range.length));
  });
}

void WriteResult(JsonWriter& w, const Diagnostic& d, const Sources& sources) {
  std::string text = d.message;
  if (!d.expected.empty()) text += "; expected: " + d.expected;
  if (!d.suggestion.empty()) text += "; " + d.suggestion;
  w.Object([&] {
    w.Member("ruleId").String(d.code);
    w.Member("level").String(SeverityName(d.severity));
    w.Member("message").Object([&] { w.Member("text").String(text); });
    w.Member("locations").Array([&] {
      w.Object([&] {
        w.Member("physicalLocation").Object([&] {
          w.Member("artifactLocation").Object([&] { w.Member("uri").String(UriOf(d.file)); });
          if (d.range.line > 0) WriteRegion(w, d, sources.Text(d.file));
        });
      });
    });
  });
}

void WriteDriver(JsonWriter& w, const std::vector<Diagnostic>& diagnostics) {
  std::set<std::string> codes;
  for (const Diagnostic& d : diagnostics) codes.insert(d.code);
  w.Member("driver").Object([&] {
    w.Member("name").String("doorward");
    w.Member("version").String(Version());
    w.Member("rules").Array([&] {
      for (const std::string& code : codes) {
        w.Object([&] { w.Member("id").String(code); });
      }
    });
  });
}

}  // namespace

std::string DiagnosticsAsJson(const std::vector<Diagnostic>& diagnostics) {
  JsonWriter w;
  w.Object([&] {
    w.Member("errors").Number(Count(diagnostics, Severity::kError));
    w.Member("warnings").Number(Count(diagnostics, Severity::kWarning));
    w.Member("diagnostics").Array([&] {
      for (const Diagnostic& d : diagnostics) {
        w.Object([&] {
          w.Member("file").String(d.file);
          w.Member("line").Number(d.range.line);
          w.Member("column").Number(d.range.column);
          w.Member("offset").Number(Signed(d.range.offset));
          w.Member("length").Number(Signed(d.range.length));
          w.Member("severity").String(SeverityName(d.severity));
          w.Member("code").String(d.code);
          w.Member("message").String(d.message);
          w.Member("expected").String(d.expected);
          w.Member("suggestion").String(d.suggestion);
          w.Member("excerpt").String(d.excerpt);
        });
      }
    });
  });
  return w.text() + '\n';
}

std::string DiagnosticsAsSarif(const std::vector<Diagnostic>& diagnostics, const Sources& sources) {
  JsonWriter w;
  w.Object([&] {
    w.Member("$schema").String("https://json.schemastore.org/sarif-2.1.0.json");
    w.Member("version").String("2.1.0");
    w.Member("runs").Array([&] {
      w.Object([&] {
        w.Member("tool").Object([&] { WriteDriver(w, diagnostics); });
        w.Member("columnKind").String("unicodeCodePoints");
        w.Member("results").Array([&] {
          for (const Diagnostic& d : diagnostics) WriteResult(w, d, sources);
        });
      });
    });
  });
  return w.text() + '\n';
}

}  // namespace doorward::command
