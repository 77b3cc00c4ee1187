// SPDX-License-Identifier: Apache-2.0
//
// What `--help` shows, made of a command's table.

#ifndef TOOLS_DOORWARD_HELP_H_
#define TOOLS_DOORWARD_HELP_H_

#include <string>

#include "tools/doorward/command_line.h"

namespace doorward::command {

// `path` is how the command is called: "doorward token sign".
std::string HelpText(const Command& command, const std::string& path);

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_HELP_H_
