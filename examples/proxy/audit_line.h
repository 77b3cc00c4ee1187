// SPDX-License-Identifier: Apache-2.0
//
// The lines of the audit log: JSON, one object a line, strict UTF-8 whatever the client sent.
// docs/proxy.md lists their members.

#ifndef PROXY_AUDIT_LINE_H_
#define PROXY_AUDIT_LINE_H_

#include <string>
#include <string_view>

#include "doorward/decision.h"

#include "audit_log.h"

namespace proxy {

// Both append one line with its end. Cost: no allocation where `out` has room.
void AppendLine(const DecisionContext& context, const doorward::Decision& decision,
                std::string& out);
void AppendLine(const ExchangeRecord& record, std::string& out);

// Appends `text` as a JSON string. Octets that are no UTF-8 become U+FFFD, one for each; control
// characters are escaped, those above ASCII too.
void AppendJson(std::string_view text, std::string& out);

}  // namespace proxy

#endif  // PROXY_AUDIT_LINE_H_
