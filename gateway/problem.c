#include "gateway/problem.h"

#include <stdarg.h>
#include <stdio.h>

#include "messages/json_text.h"

void
error_list_add(error_list_t *self, const char *pointer, const char *format, ...)
{
    if (error_list_is_full(self))
        return;
    char detail[FAULT_DETAIL_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(detail, sizeof detail, format, args);
    va_end(args);
    buffer_append_text(&self->items, self->count ? ",{\"pointer\":" : "{\"pointer\":");
    json_text_append(&self->items, slice_from(pointer));
    buffer_append_text(&self->items, ",\"detail\":");
    json_text_append(&self->items, slice_from(detail));
    buffer_append_byte(&self->items, '}');
    self->count++;
}

bool
error_list_is_full(const error_list_t *self)
{
    return self->count >= PROBLEM_ERRORS_MAX;
}

void
error_list_free(error_list_t *self)
{
    buffer_free(&self->items);
    self->count = 0;
}

void
pointer_append(buffer_t *out, slice_t name)
{
    buffer_append_byte(out, '/');
    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] == '~')
            buffer_append_text(out, "~0");
        else if (name.data[i] == '/')
            buffer_append_text(out, "~1");
        else
            buffer_append_byte(out, name.data[i]);
    }
}

void
problem_write(buffer_t *out, const fault_t *fault, const char *request_id,
              const error_list_t *errors)
{
    buffer_printf(out,
                  "{\"type\":\"urn:tagmill:problem:%s\",\"title\":", status_word(fault->status));
    json_text_append(out, slice_from(status_title(fault->status)));
    buffer_printf(out, ",\"status\":%d,\"detail\":", status_http(fault->status));
    json_text_append(out, slice_from(fault->detail));
    buffer_printf(out, ",\"code\":\"%s\",\"request_id\":\"%s\"", status_word(fault->status),
                  request_id);
    if (errors && errors->count) {
        buffer_append_text(out, ",\"errors\":[");
        buffer_append_slice(out, buffer_slice(&errors->items));
        buffer_append_byte(out, ']');
    }
    buffer_append_byte(out, '}');
}
