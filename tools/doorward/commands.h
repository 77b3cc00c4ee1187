// SPDX-License-Identifier: Apache-2.0
//
// The subcommands, each in a file of its own name.

#ifndef TOOLS_DOORWARD_COMMANDS_H_
#define TOOLS_DOORWARD_COMMANDS_H_

#include "tools/doorward/command_line.h"

namespace doorward::command {

Command CheckCommand();
Command EvalCommand();
Command ExplainCommand();
Command VerifyCommand();
Command TokenNewKeyCommand();
Command TokenSignCommand();
Command TokenInspectCommand();
Command CompletionCommand();

// The program with all of them.
Command DoorwardCommand();

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_COMMANDS_H_
