/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* "Materials for partners", and what else is made of the same files: the picture of each page in
 * the previews of networks. */

#include "web/kit.h"
#include "web/share.h"

/* A file to take. */
typedef struct material {
    const kit_file *file;
    str size; /* "82 KB"; empty: not known just now */
} material;

typedef struct materials_section {
    str heading;
    material *at;
    size_t n;
} materials_section;

typedef struct materials_sections {
    const materials_section *at;
    size_t n;
} materials_sections;

typedef struct materials_page {
    const kit *kit;
    material whole, texts_file, signature_file;
    const kit_file *picture; /* shown beside */
    materials_sections sections;
    kit_text_list texts, posts, signatures;
    str widget;     /* code that shows the count on another site */
    str widget_url; /* where it can be seen and changed */
    str partner;    /* whose materials these are; empty: nobody's */
    shown_list partners;
    share share;
} materials_page;
