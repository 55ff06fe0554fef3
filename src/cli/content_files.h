/* SPDX-License-Identifier: EUPL-1.2 */
#pragma once
/* What lies beside the items of a content folder, looked into and put into DATA/media. */

#include "cli/command.h"
#include "core/content_folder.h"

/* Fills files of every item. Photographs are re-encoded by a confined child process; what an
 * earlier import made of the same bytes is taken as it is. ERR_INVALID: problems were added to the
 * report, and nothing refers to what was written until then. ERR_IO: DATA/media cannot be written.
 *
 * PDFs of documents are read by such a child, too, and their words kept for search unless is_dry;
 * one that cannot be read is warned of and published all the same.
 *
 * goes_on is asked after each file, if it is not NULL; false: ERR_BUSY, and nothing else happens.
 */
MUST_USE err content_files_take(command_context *c, content_folder *folder, bool is_dry,
                                bool (*goes_on)(void), content_report *report);
