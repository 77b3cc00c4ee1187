// SPDX-License-Identifier: Apache-2.0
//
// What the tests decide with: a policy, the keys of its issuer and a token of cleo, a viewer, who
// is examples/embed's (valid until the year 2100).

#ifndef DOORWARD_BINDINGS_C_TESTS_WORLD_H_
#define DOORWARD_BINDINGS_C_TESTS_WORLD_H_

#include <doorward.h>

#define ISSUER "https://login.example.com/"

// A time at which the token is valid.
static const doorward_time kNow = {1750000000, 0};

extern const char kPolicyText[];

// The contents of a file of examples/embed, or of the token's; ends the program where it cannot be
// read. Valid for ever.
doorward_string jwks_text(void);
doorward_string token_text(void);
// "Bearer " and the token.
doorward_string authorization_text(void);

// Ends the program where the text does not load.
doorward_policy* load_policy(const char* text);
// An authorizer with kPolicyText and the keys.
doorward_authorizer* new_authorizer(const doorward_authorizer_options* options);
doorward_scratch* new_scratch(void);

// A GET of `target` at api.example.com, with `header_count` fields.
doorward_request request_of(const char* method, const char* target, const doorward_header* headers,
                            size_t header_count);
// The field of authorization_text().
doorward_header authorization_header(void);

#endif  // DOORWARD_BINDINGS_C_TESTS_WORLD_H_
