// SPDX-License-Identifier: Apache-2.0
//
// A checked model as text, a line for each thing that it says: what tests compare models by. Places
// in the source are left out.

#ifndef DOORWARD_TESTS_UNIT_POLICY_MODEL_TEXT_H_
#define DOORWARD_TESTS_UNIT_POLICY_MODEL_TEXT_H_

#include <string>

#include "src/policy/model.h"

namespace doorward {

std::string ModelText(const PolicyModel& model);
// "GET,PUT api.example.com /orders/{id}/[re:[0-9]+]/{**}": methods, host and segments.
std::string EndpointText(const EndpointModel& endpoint);

}  // namespace doorward

#endif  // DOORWARD_TESTS_UNIT_POLICY_MODEL_TEXT_H_
