/* SPDX-License-Identifier: EUPL-1.2 */
/* fontconfig knows files only: the fonts become files in memory. Its configuration holds these two
 * and nothing else. */

#include "draw/typeface_inside.h"

#include "base/log.h"
#include "draw/leak_check.h"

#include <fontconfig/fontconfig.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define EMBED(name, file)                                                                          \
    __asm__(".pushsection .rodata\n.balign 16\n.global " #name "\n" #name ":\n.incbin \"" file     \
            "\"\n.global " #name "_end\n" #name "_end:\n.byte 0\n.popsection\n");                  \
    extern const char name[], name##_end[]

EMBED(typeface_regular, TYPEFACE_FOLDER "/commissioner-400.ttf");
EMBED(typeface_bold, TYPEFACE_FOLDER "/commissioner-750.ttf");

struct typeface {
    pthread_mutex_t line;
    FcConfig *config;
    PangoFontMap *fonts;
    int file[2];
};

/* -1: errno says why. */
static int file_of(const char *from, const char *to)
{
    int fd = memfd_create("typeface", MFD_CLOEXEC);
    if (fd >= 0 && write(fd, from, (size_t)(to - from)) != to - from) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static bool add_file(typeface *t, int fd)
{
    char path[32];
    if (fd < 0)
        return false;
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return FcConfigAppFontAddFile(t->config, (const FcChar8 *)path);
}

err typeface_open(typeface **out_typeface)
{
    typeface *t = calloc(1, sizeof *t);
    BUG_IF(!t);
    pthread_mutex_init(&t->line, NULL);
    t->config = FcConfigCreate();
    t->file[0] = file_of(typeface_regular, typeface_regular_end);
    t->file[1] = file_of(typeface_bold, typeface_bold_end);
    if (!t->config || !add_file(t, t->file[0]) || !add_file(t, t->file[1])) {
        LOG(LOG_ERROR, "typeface.failed", log_str("reason", S("no file in memory, or no /proc")));
        typeface_close(t);
        return ERR_IO;
    }
    leak_check_excuse_fonts();
    FcConfigSetCurrent(t->config); /* holds it from here on */
    t->fonts = pango_cairo_font_map_new_for_font_type(CAIRO_FONT_TYPE_FT);
    BUG_IF(!t->fonts);
    *out_typeface = t;
    return OK;
}

void typeface_close(typeface *t)
{
    if (!t)
        return;
    if (t->fonts)
        g_object_unref(t->fonts);
    if (t->config)
        FcConfigDestroy(t->config);
    for (int i = 0; i < 2; i++)
        if (t->file[i] >= 0)
            close(t->file[i]);
    pthread_mutex_destroy(&t->line);
    free(t);
}

void typeface_take(typeface *t)
{
    pthread_mutex_lock(&t->line);
}

void typeface_give_back(typeface *t)
{
    pthread_mutex_unlock(&t->line);
}

PangoFontMap *typeface_fonts(typeface *t)
{
    return t->fonts;
}
