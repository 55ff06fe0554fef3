/* SPDX-License-Identifier: EUPL-1.2 */
/* Only under the address sanitizer. */

#include "draw/forget.h"

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif

#ifdef IS_SANITIZED
#include <fontconfig/fontconfig.h>
#include <pango/pangocairo.h>

void draw_forget(void)
{
    pango_cairo_font_map_set_default(NULL);
    cairo_debug_reset_static_data();
    FcFini();
}
#else
void draw_forget(void)
{
}
#endif
