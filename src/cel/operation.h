// SPDX-License-Identifier: Apache-2.0
//
// What a node of an expression does.

#ifndef DOORWARD_CEL_OPERATION_H_
#define DOORWARD_CEL_OPERATION_H_

#include <cstdint>

namespace doorward::cel {

enum class Op : uint8_t {
  // Of the parser; the checker turns them into others.
  kName,    // a name that stands alone
  kSelect,  // operand.name; stays where the operand is a value
  kCall,    // name(arguments), target.name(arguments)
  // Leaves.
  kLiteral,
  kVariable,  // of the environment, by `index`
  kLocal,     // of a comprehension, by `index`
  // What decides itself whether its arguments are evaluated.
  kHas,          // has(operand.name)
  kAnd,          // two arguments or more
  kOr,           //
  kConditional,  //
  // Aggregates.
  kList,
  kMap,  // keys, each before its value
  // Comprehensions: a range, maybe a filter, and a body that sees one local or two.
  kAll,
  kExists,
  kExistsOne,
  kTransform,     // map(e, body), map(e, filter, body), transformList
  kFilter,        //
  kTransformMap,  //
  // Functions: all arguments are evaluated, and the first failure among them is theirs.
  kNot,
  kNegate,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kIn,
  kIndex,
  kSize,
  kTypeOf,
  kDyn,
  kToBool,
  kToInt,
  kToUint,
  kToDouble,
  kToString,
  kToBytes,
  kToTimestamp,
  kToDuration,
  kToIp,
  kToCidr,
  kContains,
  kStartsWith,
  kEndsWith,
  kMatches,
  kFullYear,
  kMonth,
  kDayOfYear,
  kDayOfMonth,
  kDate,
  kDayOfWeek,
  kHours,
  kMinutes,
  kSeconds,
  kMilliseconds,
  kCharAt,
  kIndexOf,
  kLastIndexOf,
  kJoin,
  kLowerAscii,
  kUpperAscii,
  kReplace,
  kSplit,
  kSubstring,
  kTrim,
  kReverse,
  kFormat,
  kQuote,
  kIsIp,
  kIsCidr,
  kIsCanonical,
  kFamily,
  kIsUnspecified,
  kIsLoopback,
  kIsGlobalUnicast,
  kIsLinkLocalUnicast,
  kIsLinkLocalMulticast,
  kContainsIp,
  kContainsCidr,
  kNetworkIp,
  kMasked,
  kIsMask,
  kPrefixLength,
};

constexpr bool IsFunction(Op op) noexcept { return op >= Op::kNot; }
constexpr bool IsComprehension(Op op) noexcept { return op >= Op::kAll && op <= Op::kTransformMap; }

}  // namespace doorward::cel

#endif  // DOORWARD_CEL_OPERATION_H_
