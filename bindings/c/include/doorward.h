// SPDX-License-Identifier: Apache-2.0
//
// Doorward for C, and for everything that calls C: who may call what, decided in your process.
//
//   doorward_policy* policy = doorward_policy_load(text, name, 0, NULL, &error);
//   doorward_authorizer* authorizer = doorward_authorizer_new(policy, NULL, &error);
//   doorward_scratch* scratch = doorward_scratch_new(&error);  // one for each thread
//   const doorward_decision* d = doorward_authorize(authorizer, &request, NULL, now, scratch);
//   if (!doorward_decision_allowed(d)) respond(doorward_decision_http_status(d));
//
// What holds for all of it, unless a comment says otherwise:
//
//  1. Strings are a pointer and a length in bytes (doorward_string), not terminated. The library
//     copies what it keeps; what it is given need only be valid during the call. Exception: a
//     request, its credential and a verified token must be valid as long as the decision or
//     verification is read. A string that the library returns never has a null pointer, unless the
//     comment says what null means.
//  2. Handles are opaque. What a `_new`, `_load` or `_with_` function returns belongs to the caller
//     and ends with the `_free` function of its type; all else is borrowed. Freeing NULL does
//     nothing. Handles keep alive what they need: a policy may be freed once it was handed on.
//  3. A function that can fail takes a `doorward_error*`, which may be NULL, and returns NULL or a
//     doorward_code other than DOORWARD_OK: judge by what it returns. It has then changed nothing,
//     but where memory ran out (9).
//  4. Structs that the caller owns begin with `struct_size`: set it to sizeof the struct and the
//     rest to zero. Later versions append members, for which zero means what it meant before. A
//     struct smaller than that of the first version or larger than 4,096 bytes is refused, as is
//     one that is read and whose unknown bytes are not zero: what the library cannot read, it does
//     not pass over. So is a doorward_error: the call fails, does nothing, and leaves it as it was.
//  5. Numbers of enumerations are fixed and never used again. They travel as int32_t, flags as
//     uint32_t. A new version may return numbers that are not listed: a reason you do not know is a
//     denial. Flags and numbers that the library does not know are refused.
//  6. Null handles, null pointers beside a length, lengths above half of the address space and more
//     than DOORWARD_MAX_HEADERS header fields are refused with DOORWARD_ERROR_ARGUMENT or, where
//     something is decided, with a denial (DOORWARD_REASON_INTERNAL). Readers of a null handle find
//     it empty or denied. A handle that was freed, or a pointer to less than its length says,
//     cannot be told from a good one.
//  7. Threads: any number of threads may use an authorizer at once, for all but freeing it.
//     Policies, callers, diagnostics and texts do not change and may be read by any thread. A
//     scratch, with the decision and the verification in it, serves one thread at a time.
//  8. A decision, and every string and list read from it, is valid until its scratch is used again
//     or freed.
//  9. No exception leaves the library. It reads no clock, opens no file or socket, starts no
//     thread, writes no log. Time is handed in. Where memory runs out, a call that takes a
//     doorward_error fails with DOORWARD_ERROR_OUT_OF_MEMORY; what it was to change in an
//     authorizer may then be done, undone or half done: end the process. Deciding and verifying,
//     doorward_explain's too, end it themselves (std::terminate) where a scratch cannot grow or a
//     token not be remembered, as in C++; the libraries below may do so anywhere. A shortage that
//     these report reads as a text at fault, a key set aside or a signature that does not verify.
// 10. doorward_authorize and doorward_verify allocate nothing of their own once their scratch is
//     warm. But a token seen for the first time is remembered, and OpenSSL allocates for a
//     signature.
// 11. Within a major version functions are added and none is removed or changed; the exported names
//     carry the symbol version DOORWARD_0. Before 1.0 a minor version may break.

#ifndef DOORWARD_C_DOORWARD_H_
#define DOORWARD_C_DOORWARD_H_

#include "doorward_c/authorizer.h"
#include "doorward_c/decision.h"
#include "doorward_c/json.h"
#include "doorward_c/policy.h"
#include "doorward_c/reason.h"
#include "doorward_c/types.h"

#endif  // DOORWARD_C_DOORWARD_H_
