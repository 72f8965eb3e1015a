#include "documents/child/pdf_fields.h"

#include <stdbool.h>

/* Takes `value`. */
static void
s_append(char *value, buffer_t *out)
{
    if (value && value[0]) {
        buffer_append_text(out, value);
        buffer_append_byte(out, '\n');
    }
    g_free(value);
}

static void
s_append_choice(PopplerFormField *field, buffer_t *out)
{
    bool is_listed = false;
    for (int i = 0; i < poppler_form_field_choice_get_n_items(field); i++) {
        if (!poppler_form_field_choice_is_item_selected(field, i))
            continue;
        is_listed = true;
        s_append(poppler_form_field_choice_get_item(field, i), out);
    }
    bool is_written = !is_listed && poppler_form_field_choice_is_editable(field);
    s_append(is_written ? poppler_form_field_choice_get_text(field) : NULL, out);
}

static void
s_append_field(PopplerFormField *field, buffer_t *out)
{
    switch (poppler_form_field_get_field_type(field)) {
    case POPPLER_FORM_FIELD_TEXT:
        if (!poppler_form_field_text_is_password(field))
            s_append(poppler_form_field_text_get_text(field), out);
        break;
    case POPPLER_FORM_FIELD_CHOICE: s_append_choice(field, out); break;
    default: break;
    }
}

/* From above to below; the corner is the lower left. */
static int
s_compare(const void *a, const void *b)
{
    const PopplerRectangle *left = &((const PopplerFormFieldMapping *) a)->area;
    const PopplerRectangle *right = &((const PopplerFormFieldMapping *) b)->area;
    if (left->y1 != right->y1)
        return left->y1 > right->y1 ? -1 : 1;
    return left->x1 < right->x1 ? -1 : left->x1 > right->x1;
}

void
pdf_fields_read(PopplerPage *page, buffer_t *out)
{
    GList *fields = g_list_sort(poppler_page_get_form_field_mapping(page), s_compare);
    for (GList *item = fields; item; item = item->next)
        s_append_field(((PopplerFormFieldMapping *) item->data)->field, out);
    poppler_page_free_form_field_mapping(fields);
}

/* poppler gives values by way of glib and the C library, which loads a module for UTF-16 and would
 * unload it again. */
void
pdf_fields_warm_up(void)
{
    static GIConv held;
    if (held == NULL)
        held = g_iconv_open("UTF-8", "UTF-16BE");
}
