// sanitized.hpp: whether this build runs under AddressSanitizer: its shadow takes terabytes of address space, and its runtime makes
// system calls that parsers do not.
#pragma once

namespace headgate::io {

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kSanitized = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif
#else
inline constexpr bool kSanitized = false;
#endif

}  // namespace headgate::io
