/* SPDX-License-Identifier: EUPL-1.2 */
#include "draw/png_out.h"

#include <png.h>

enum { COMPRESSION = 4, CHANNELS = 3 };

static void take_bytes(png_structp png, png_bytep bytes, size_t n)
{
    buf_put(png_get_io_ptr(png), (str){(const char *)bytes, n});
}

static void nothing_held_back(png_structp png)
{
    (void)png;
}

static void put_row(png_structp png, const unsigned char *pixels, png_bytep row, int w)
{
    for (int x = 0; x < w; x++) {
        uint32_t pixel;
        memcpy(&pixel, pixels + (size_t)x * sizeof pixel, sizeof pixel);
        row[x * CHANNELS] = (png_byte)(pixel >> 16);
        row[x * CHANNELS + 1] = (png_byte)(pixel >> 8);
        row[x * CHANNELS + 2] = (png_byte)pixel;
    }
    png_write_row(png, row);
}

bool png_put(buf *to, cairo_surface_t *picture)
{
    int w = cairo_image_surface_get_width(picture), h = cairo_image_surface_get_height(picture);
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    png_bytep row = malloc((size_t)w * CHANNELS);
    BUG_IF(!info || !row);
    bool is_whole = false;
    /* Its way to tell of errors; nothing that is changed below is read behind it. */
    if (setjmp(png_jmpbuf(png)) == 0) {
        png_set_write_fn(png, to, take_bytes, nothing_held_back);
        png_set_IHDR(png, info, (png_uint_32)w, (png_uint_32)h, 8, PNG_COLOR_TYPE_RGB,
                     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
        png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
        png_set_compression_level(png, COMPRESSION);
        png_write_info(png, info);
        cairo_surface_flush(picture);
        for (int y = 0; y < h; y++)
            put_row(png,
                    cairo_image_surface_get_data(picture) +
                        (size_t)y * (size_t)cairo_image_surface_get_stride(picture),
                    row, w);
        png_write_end(png, NULL);
        is_whole = true;
    }
    png_destroy_write_struct(&png, &info);
    free(row);
    return is_whole;
}
