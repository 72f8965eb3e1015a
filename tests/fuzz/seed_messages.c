/* Writes the seeds of the message corpus: a frame of every message, and its first half.
 *
 *   fuzz-seed-messages tests/fuzz/corpus/message
 */
#include <stdio.h>

#include "tests/messages/samples.h"

static int
s_write(const char *directory, const char *name, const char *kind, slice_t bytes)
{
    buffer_t path = {0};
    buffer_printf(&path, "%s/%s-%s", directory, name, kind);
    FILE *file = fopen(path.data, "wb");
    buffer_free(&path);
    if (file == NULL)
        return 1;
    size_t written = fwrite(bytes.data, 1, bytes.size, file);
    return fclose(file) != 0 || written != bytes.size;
}

int
main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s DIRECTORY\n", argv[0]);
        return 2;
    }
    buffer_t frame = {0};
    int faults = 0;
    for (size_t place = 0; place < sample_count(); place++) {
        buffer_clear(&frame);
        sample_append(place, &frame);
        slice_t whole = buffer_slice(&frame), half = {frame.data, frame.size / 2};
        faults += s_write(argv[1], sample_name(place), "whole", whole);
        faults += s_write(argv[1], sample_name(place), "half", half);
    }
    buffer_free(&frame);
    if (faults)
        fprintf(stderr, "%d seeds could not be written\n", faults);
    return faults != 0;
}
