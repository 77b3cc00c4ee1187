// SPDX-License-Identifier: Apache-2.0
//
// Marks what the shared library exports and which borrowed parameters must outlive a result.

#ifndef DOORWARD_EXPORT_H_
#define DOORWARD_EXPORT_H_

#if __cplusplus < 202002L
#error "Doorward needs C++20: compile with -std=c++20 or later"
#endif

#if defined(__GNUC__) || defined(__clang__)
#define DOORWARD_EXPORT [[gnu::visibility("default")]]
#else
#define DOORWARD_EXPORT
#endif

// On a parameter: what the function returns may refer to it. Clang warns where it dangles.
#if defined(__clang__)
#define DOORWARD_LIFETIME_BOUND [[clang::lifetimebound]]
#else
#define DOORWARD_LIFETIME_BOUND
#endif

#endif  // DOORWARD_EXPORT_H_
