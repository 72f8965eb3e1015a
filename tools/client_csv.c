#include "tools/client_csv.h"

#include <csv.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "tools/client_output.h"

enum { CHUNK_SIZE = 65536, FAULTS_SHOWN = 20, NO_COLUMN = -1 };

typedef struct {
    const char *name;
    const char *path_column, *type_column;
    csv_document_fn on_document;
    void *arg;
    FILE *err;
    int64_t record;       /* being read; 0: the header */
    int field;            /* being read */
    int columns;          /* of the header */
    int path_at, type_at; /* NO_COLUMN: none */
    buffer_t path, type;  /* of the record at hand */
    int64_t faults;
} s_check_t;

static void
s_fault(s_check_t *self, const char *what, const char *which)
{
    if (++self->faults > FAULTS_SHOWN)
        return;
    fprintf(self->err, "%s: ", self->name);
    if (self->record)
        fprintf(self->err, "record %lld: ", (long long) self->record);
    else
        fprintf(self->err, "header: ");
    output_write(self->err, what);
    output_write(self->err, which);
    fputc('\n', self->err);
}

static void
s_take_column(s_check_t *self, slice_t name)
{
    /* A byte order mark in front of the first name is what spreadsheets write. */
    if (self->field == 0 && name.size >= 3 && memcmp(name.data, "\xef\xbb\xbf", 3) == 0)
        name = (slice_t){.data = name.data + 3, .size = name.size - 3};
    if (slice_is(name, self->path_column))
        self->path_at = self->field;
    if (slice_is(name, self->type_column))
        self->type_at = self->field;
    self->columns++;
}

static void
s_on_field(void *data, size_t size, void *arg)
{
    s_check_t *self = arg;
    slice_t value = {.data = data, .size = data ? size : 0};
    if (!text_is_utf8(value))
        s_fault(self, "a field is not UTF-8", "");
    if (self->record == 0) {
        s_take_column(self, value);
    } else if (self->field == self->path_at) {
        buffer_append_slice(&self->path, slice_trim(value));
    } else if (self->field == self->type_at) {
        buffer_append_slice(&self->type, slice_trim(value));
    }
    self->field++;
}

static void
s_end_record(s_check_t *self)
{
    if (self->field != self->columns) {
        buffer_t counts = {0};
        buffer_printf(&counts, "%d fields where the header has %d", self->field, self->columns);
        s_fault(self, counts.data, "");
        buffer_free(&counts);
    } else if (self->path_at != NO_COLUMN && self->path.size == 0) {
        s_fault(self, "no path in column ", self->path_column);
    } else if (self->path_at != NO_COLUMN) {
        self->on_document(self->arg, self->record, buffer_slice(&self->path),
                          buffer_slice(&self->type));
    }
}

static void
s_on_record(int end, void *arg)
{
    (void) end;
    s_check_t *self = arg;
    if (self->record > 0)
        s_end_record(self);
    else if (self->path_at == NO_COLUMN)
        s_fault(self, "there is no column ", self->path_column);
    self->record++;
    self->field = 0;
    buffer_clear(&self->path);
    buffer_clear(&self->type);
}

static void
s_read(s_check_t *self, struct csv_parser *parser, FILE *file)
{
    char chunk[CHUNK_SIZE];
    size_t size = 0;
    while ((size = fread(chunk, 1, sizeof chunk, file)) > 0) {
        if (csv_parse(parser, chunk, size, s_on_field, s_on_record, self) != size) {
            s_fault(self, "a quote where none may be", "");
            return;
        }
    }
    if (ferror(file))
        s_fault(self, "the file cannot be read to its end", "");
    else if (csv_fini(parser, s_on_field, s_on_record, self) != 0)
        s_fault(self, "a quote is not closed", "");
}

int64_t
csv_check(FILE *file, const char *name, const char *path_column, const char *type_column,
          csv_document_fn on_document, void *arg, FILE *err)
{
    s_check_t self = {.name = name,
                      .path_column = path_column,
                      .type_column = type_column,
                      .on_document = on_document,
                      .arg = arg,
                      .err = err,
                      .path_at = NO_COLUMN,
                      .type_at = NO_COLUMN};
    struct csv_parser parser;
    csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI | CSV_APPEND_NULL);
    s_read(&self, &parser, file);
    csv_free(&parser);
    if (self.faults == 0 && self.record < 2) {
        self.faults++;
        fprintf(err, "%s: there is no document in it\n", name);
    }
    if (self.faults > FAULTS_SHOWN)
        fprintf(err, "%s: and %lld more\n", name, (long long) (self.faults - FAULTS_SHOWN));
    buffer_free(&self.path);
    buffer_free(&self.type);
    return self.faults;
}
