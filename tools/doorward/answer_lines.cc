// SPDX-License-Identifier: Apache-2.0

#include "tools/doorward/answer_lines.h"

#include <optional>
#include <utility>

#include "tools/doorward/command_line.h"
#include "tools/doorward/members.h"
#include "tools/doorward/streams.h"

namespace doorward::command {
namespace {

void WriteBadInput(LineAnswer& out, std::string_view message, bool with_valid) {
  JsonWriter& w = out.json;
  w.Clear();
  w.Object([&] {
    if (!out.id.empty()) w.Member("id").Raw(out.id);
    if (with_valid) w.Member("valid").Bool(false);
    w.Member("error").String("bad_input");
    w.Member("message").String(message);
  });
}

}  // namespace

int AnswerLines(const LineSource& source,
                const std::function<void(std::string_view line, LineAnswer& out)>& answer) {
  const bool is_standard_input = source.path == "-";
  const auto unreadable = [&](const std::string& error) {
    return UsageError("cannot read " +
                      (is_standard_input ? "standard input" : "`" + source.path + "`") + " (`" +
                      source.option + "`): " + error);
  };
  std::string error;
  std::optional<InputFile> file =
      is_standard_input ? InputFile::StandardInput() : InputFile::Open(source.path, &error);
  if (!file) throw unreadable(error);
  LineReader lines(*std::move(file));
  Output& output = StandardOutput();
  int status = kExitOk;
  LineAnswer out;
  while (const std::optional<LineReader::Line> line = lines.Next()) {
    out.id.clear();
    out.json.Clear();
    try {
      if (line->too_long) throw BadInput("the line is longer than 16 MiB");
      answer(line->text, out);
    } catch (const BadInput& e) {
      WriteBadInput(out, e.what(), source.bad_input_is_invalid);
      status = kExitUsage;
    }
    output.Write(out.json.text());
    output.Write("\n");
    if (lines.MayWait()) output.Flush();
    if (!output.ok()) break;
  }
  if (!lines.error().empty()) throw unreadable(lines.error());
  return status;
}

}  // namespace doorward::command
