/* sanitized: is this a build with AddressSanitizer (gcc's and clang's way to tell)? Its leak checker clones a process
 * and traces its parent, which is otherwise forbidden. */
#ifndef BASE_SANITIZED_H
#define BASE_SANITIZED_H

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED 1
#endif
#if !defined(SANITIZED)
#define SANITIZED 0
#endif

#endif
