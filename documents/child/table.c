#include "documents/child/table.h"

#include <csv.h>
#include <string.h>

#include "base/memory.h"
#include "documents/child/plain.h"

enum {
    START_BYTES = 16 * 1024,
    SOURCE_MAX_BYTES = 64 * 1024 * 1024,
    ROWS_LEAST = 3,
    ROWS_SURE = 5, /* where a comma could be one of a sentence */
    COLUMNS_SURE = 3,
    ALIKE_LEAST = 95, /* per cent of the rows: some lack their last commas */
    CELL_STEP = 16 * 1024,
};

static int
s_no_space(unsigned char c)
{
    (void) c;
    return 0;
}

static void
s_open(struct csv_parser *parser, char separator)
{
    csv_init(parser, 0);
    csv_set_realloc_func(parser, memory_resize);
    csv_set_blk_size(parser, CELL_STEP);
    csv_set_space_func(parser, s_no_space);
    csv_set_delim(parser, (unsigned char) separator);
}

/* ---- what separates ---- */

typedef struct {
    size_t columns; /* of the first row */
    size_t cells;   /* of the row being read */
    size_t rows;
    size_t rows_alike; /* as long as the first */
    size_t spaced;     /* cells that begin with a blank, as after a comma in a sentence */
    size_t total;
} shape_t;

static void
s_count_cell(void *data, size_t size, void *context)
{
    shape_t *self = context;
    self->spaced += self->cells > 0 && size > 0 && ((const char *) data)[0] == ' ';
    self->cells++;
    self->total++;
}

static void
s_count_row(int end, void *context)
{
    shape_t *self = context;
    (void) end;
    if (self->columns == 0)
        self->columns = self->cells;
    self->rows++;
    self->rows_alike += self->cells == self->columns;
    self->cells = 0;
}

/* Returns how many cells there are in rows that are alike; 0: this is no table. */
static size_t
s_try(slice_t start, bool is_whole, char separator)
{
    struct csv_parser parser;
    shape_t shape = {0};
    s_open(&parser, separator);
    csv_parse(&parser, start.data, start.size, s_count_cell, s_count_row, &shape);
    if (is_whole)
        csv_fini(&parser, s_count_cell, s_count_row, &shape);
    csv_free(&parser);
    bool is_spaced = shape.spaced * 2 > shape.total - shape.rows;
    bool is_sure = shape.rows >= ROWS_SURE && shape.columns >= COLUMNS_SURE;
    if (shape.columns < 2 || shape.rows < ROWS_LEAST ||
        shape.rows_alike * 100 < shape.rows * ALIKE_LEAST || (is_spaced && !is_sure))
        return 0;
    return shape.columns * shape.rows;
}

char
table_separator(slice_t start, bool is_whole)
{
    static const char separators[] = {'\t', ',', ';'};
    size_t most = 0;
    char separator = 0;
    for (size_t i = 0; i < sizeof separators && start.size > 0; i++) {
        size_t cells = memchr(start.data, separators[i], start.size)
                           ? s_try(start, is_whole, separators[i])
                           : 0;
        if (cells > most) {
            most = cells;
            separator = separators[i];
        }
    }
    return separator;
}

/* ---- reading ---- */

typedef struct {
    buffer_t row; /* the words of the row being read */
    buffer_t *out;
    size_t end; /* the size that `out` may reach */
} reader_t;

static bool
s_has_words(slice_t cell)
{
    size_t letters = 0, digits = 0;
    for (size_t i = 0; i < cell.size; i++) {
        unsigned char byte = (unsigned char) cell.data[i];
        digits += byte >= '0' && byte <= '9';
        letters += byte >= 0x80 || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
    }
    return letters > 0 && letters >= digits;
}

static void
s_take_cell(void *data, size_t size, void *context)
{
    reader_t *self = context;
    slice_t cell = slice_trim((slice_t){data, size});
    if (self->out->size >= self->end || !s_has_words(cell))
        return;
    if (self->row.size)
        buffer_append_text(&self->row, "; ");
    buffer_append_slice(&self->row, cell);
}

static void
s_take_row(int end, void *context)
{
    reader_t *self = context;
    (void) end;
    if (self->row.size == 0)
        return;
    buffer_append_text(&self->row, "\n\n");
    plain_clean(buffer_slice(&self->row), self->end - self->out->size, self->out);
    buffer_clear(&self->row);
}

void
table_read(const extract_request_t *request, reading_t *reading)
{
    buffer_t source = {0};
    plain_decode(request->bytes, NULL, SOURCE_MAX_BYTES, &source);
    slice_t text = buffer_slice(&source), start = text;
    start.size = start.size < START_BYTES ? start.size : START_BYTES;
    char separator = table_separator(start, start.size == text.size);
    struct csv_parser parser;
    reader_t reader = {.out = &reading->text, .end = request->text_limit};
    s_open(&parser, separator ? separator : ',');
    csv_parse(&parser, text.data, text.size, s_take_cell, s_take_row, &reader);
    csv_fini(&parser, s_take_cell, s_take_row, &reader);
    csv_free(&parser);
    buffer_free(&reader.row);
    buffer_free(&source);
}
