/* A PDF that takes a reader days and little memory: forms that draw forms, each ten times. */
#ifndef TAGMILL_TESTS_DOCUMENTS_SLOW_PDF_H
#define TAGMILL_TESTS_DOCUMENTS_SLOW_PDF_H

#include "base/buffer.h"

/* Appends the document to `out`. */
void slow_pdf_write(buffer_t *out);

#endif
