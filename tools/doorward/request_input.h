// SPDX-License-Identifier: Apache-2.0
//
// The request objects of `eval` and `explain` (docs/command.md), read into what the library takes.

#ifndef TOOLS_DOORWARD_REQUEST_INPUT_H_
#define TOOLS_DOORWARD_REQUEST_INPUT_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doorward/authorizer.h"
#include "doorward/policy.h"
#include "doorward/request.h"
#include "doorward/timestamp.h"

namespace doorward::command {

// What a request object holds. Owns its texts; `request()` and `credential()` are views of it.
class RequestInput {
 public:
  // Reads `json`; throws BadInput. `id` is set to the member of that name, as JSON text, as soon as
  // it is known, so that a bad line can be answered by its id.
  RequestInput(std::string_view json, const Policy& policy, std::string& id);
  RequestInput(const RequestInput&) = delete;
  RequestInput& operator=(const RequestInput&) = delete;

  Request request() const;
  Credential credential() const;
  std::optional<Timestamp> now() const { return now_; }

 private:
  struct Field {
    std::string name, value;
  };

  std::string method_, target_;
  std::optional<std::string> host_, source_ip_, token_;
  std::vector<Field> fields_;
  std::vector<Header> headers_;  // views of fields_
  std::optional<Timestamp> now_;
  std::optional<Caller> caller_;

  friend class RequestReader;
};

}  // namespace doorward::command

#endif  // TOOLS_DOORWARD_REQUEST_INPUT_H_
