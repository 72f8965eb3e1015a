#include "tests/documents/slow_pdf.h"

#include <string.h>

enum { DEPTH = 14, FIRST_FORM = 4 };

static const char DRAW[] = "/F Do /F Do /F Do /F Do /F Do /F Do /F Do /F Do /F Do /F Do";

void
slow_pdf_write(buffer_t *out)
{
    buffer_append_text(out, "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
                            "2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
                            "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R"
                            "/Resources<</XObject<</F 4 0 R>>>>>>endobj\n");
    for (int i = 0; i < DEPTH; i++)
        buffer_printf(out,
                      "%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Length %zu"
                      "/Resources<</XObject<</F %d 0 R>>>>>>stream\n%s\nendstream endobj\n",
                      FIRST_FORM + i, strlen(DRAW), FIRST_FORM + i + 1, DRAW);
    buffer_printf(out,
                  "%d 0 obj<</Type/XObject/Subtype/Form/BBox[0 0 99 99]/Length 1>>stream\nn\n"
                  "endstream endobj\ntrailer<</Root 1 0 R>>\n",
                  FIRST_FORM + DEPTH);
}
