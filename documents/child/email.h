/* E-mail messages (RFC 5322, MIME), with GMime for their structure and their transfer encodings.
 * Letters are decoded by ICU instead: GMime's way, iconv, loads its tables as modules, which a
 * sealed process cannot.
 *
 * Only text is read, as each part says or is found to be encoded. Names and addresses of people are
 * left out: who wrote is not what it is about.
 */
#ifndef TAGMILL_DOCUMENTS_CHILD_EMAIL_H
#define TAGMILL_DOCUMENTS_CHILD_EMAIL_H

#include "base/buffer.h"
#include "base/slice.h"
#include "documents/child/reading.h"

/* Reads a message, or a mailbox of several: the subject, then the text of its parts, of
 * alternatives the plain one where it says anything. Messages within it are read as well,
 * attachments are not but for their names. Error: ENCRYPTED where there is nothing but sealed
 * parts. */
void email_read(const extract_request_t *request, reading_t *reading);

/* Appends the value of a header field as clean UTF-8 on one line, its encoded words (RFC 2047)
 * decoded, at most `limit` bytes. */
void email_append_words(slice_t value, size_t limit, buffer_t *out);

/* Makes GMime set itself up. */
void email_warm_up(void);

#endif
