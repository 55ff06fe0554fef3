/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* "Materials for partners", and what else is made of the same files: the picture of each page in
 * the previews of networks. */

#include "web/kit.h"
#include "web/share.h"

typedef struct materials_section {
    kit_section kind;
    str heading;
    const kit_file *at; /* of kit_files(), in a row */
    size_t n;
} materials_section;

typedef struct materials_sections {
    const materials_section *at;
    size_t n;
} materials_sections;

typedef struct materials_page {
    const kit *kit;
    const kit_file *whole;
    const kit_file *picture; /* shown beside */
    const kit_file *texts_file, *signature_file;
    materials_sections sections;
    kit_text_list texts, posts, signatures;
    str partner; /* whose materials these are; empty: nobody's */
    shown_list partners;
    share share;
} materials_page;
