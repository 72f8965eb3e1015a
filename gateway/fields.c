#include "gateway/fields.h"

#include <stdlib.h>

static const struct {
    const char *word;
    size_t most;
} s_fields[FIELD_COUNT] = {
#define DOCUMENT_FIELD(symbol, word_, most_) [FIELD_##symbol] = {.word = (word_), .most = (most_)},
    DOCUMENT_FIELD_TABLE(DOCUMENT_FIELD)
#undef DOCUMENT_FIELD
};

const char *
document_field_word(document_field_t field)
{
    return s_fields[field].word;
}

size_t
document_field_most(document_field_t field)
{
    return s_fields[field].most;
}

document_field_t
document_field_parse(slice_t word)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (slice_is(word, s_fields[i].word))
            return (document_field_t) i;
    return FIELD_NONE;
}

status_t
column_mapping_add(column_mapping_t *self, slice_t column, document_field_t field, fault_t *fault)
{
    if (self->columns[field])
        return fault_set(fault, STATUS_BAD_REQUEST, "two columns are mapped onto %s",
                         s_fields[field].word);
    for (int i = 0; i < FIELD_COUNT; i++)
        if (self->columns[i] && slice_is(column, self->columns[i]))
            return fault_set(fault, STATUS_BAD_REQUEST, "the column is mapped onto %s already",
                             s_fields[i].word);
    self->columns[field] = slice_copy(column);
    return STATUS_OK;
}

document_field_t
column_mapping_field(const column_mapping_t *self, slice_t column)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        if (self->columns[i] && slice_is(column, self->columns[i]))
            return (document_field_t) i;
    document_field_t own = document_field_parse(column);
    return own != FIELD_NONE && self->columns[own] ? FIELD_NONE : own;
}

void
column_mapping_free(column_mapping_t *self)
{
    for (int i = 0; i < FIELD_COUNT; i++)
        free(self->columns[i]);
    *self = (column_mapping_t){0};
}
