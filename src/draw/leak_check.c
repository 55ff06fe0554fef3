/* SPDX-License-Identifier: EUPL-1.2 */
/* The hooks of <sanitizer/lsan_interface.h>, which the sanitizer calls by these names. */

#include "draw/leak_check.h"

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

#ifdef IS_SANITIZED
#include <sanitizer/lsan_interface.h>

/* fontconfig links what it keeps by offsets, which nobody can follow who looks for pointers. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void)
{
    return "leak:libfontconfig.so\n";
}

__attribute__((visibility("default"))) const char *__lsan_default_options(void)
{
    return "print_suppressions=0";
}
#endif

void leak_check_excuse_fonts(void)
{
}
