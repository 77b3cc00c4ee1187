// SPDX-License-Identifier: Apache-2.0
//
// Commands that answer each line of their input with a line of JSON: eval and verify.

#ifndef TOOLS_DOORWARD_ANSWER_LINES_H_
#define TOOLS_DOORWARD_ANSWER_LINES_H_

#include <functional>
#include <string>
#include <string_view>

#include "tools/doorward/json_writer.h"

namespace doorward::command {

struct LineAnswer {
  std::string id;   // as JSON text; "" where the line has none, or none that could be read
  JsonWriter json;  // the answer
};

// Where lines come from and how a bad one is answered.
struct LineSource {
  std::string option;                 // for the message where it cannot be read: "--requests"
  std::string path;                   // "-" is standard input
  bool bad_input_is_invalid = false;  // the answer to a bad line has "valid": false as well
};

// Answers each line that is not blank, in order, by `answer`. Where that throws BadInput, and where
// a line is too long, the answer is {"id"?, "error": "bad_input", "message"}. Answers are written
// as soon as reading on would have to wait. Returns the exit status.
int AnswerLines(const LineSource& source,
                const std::function<void(std::string_view line, LineAnswer& out)>& answer);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_ANSWER_LINES_H_
