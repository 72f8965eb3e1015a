#include "tools/client_walk.h"

#include <cJSON.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/text.h"
#include "tools/client_output.h"

static status_t
s_write_document(const char *path, FILE *out, int64_t *count, fault_t *fault)
{
    char *real = realpath(path, NULL);
    if (!real)
        return fault_set(fault, STATUS_IO_ERROR, "%.300s: %s", path, strerrordesc_np(errno));
    if (!text_is_utf8(slice_from(real))) {
        fputs("tagmill: passed over, its name is not UTF-8: ", stderr);
        output_write(stderr, real);
        fputc('\n', stderr);
        free(real);
        return STATUS_OK;
    }
    char *text = cJSON_PrintUnformatted(&(cJSON){.type = cJSON_String, .valuestring = real});
    int written =
        fprintf(out, "{\"file_path\":%s,\"file_source_type\":\"local\"}\n", text ? text : "");
    status_t status = STATUS_OK;
    if (!text || written < 0)
        status = fault_set(fault, STATUS_IO_ERROR, "the list cannot be written: %s",
                           strerrordesc_np(errno));
    cJSON_free(text);
    free(real);
    *count += status == STATUS_OK;
    return status;
}

static int
s_is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* By bytes, whatever the locale, so that a directory gives the same list everywhere. */
static int
s_compare(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static status_t s_walk(const char *path, FILE *out, int64_t *count, fault_t *fault);

static status_t
s_take_entry(const char *path, FILE *out, int64_t *count, fault_t *fault)
{
    struct stat link, target;
    /* What vanishes while the walk goes on was not there. */
    if (lstat(path, &link) != 0 || stat(path, &target) != 0)
        return STATUS_OK;
    if (S_ISREG(target.st_mode))
        return s_write_document(path, out, count, fault);
    if (S_ISDIR(link.st_mode))
        return s_walk(path, out, count, fault);
    return STATUS_OK;
}

/* As deep as directories are nested, which PATH_MAX bounds. */
static status_t
s_walk(const char *path, FILE *out, int64_t *count, fault_t *fault)
{
    struct dirent **entries = NULL;
    int entry_count = scandir(path, &entries, s_is_visible, s_compare);
    if (entry_count < 0)
        return fault_set(fault, STATUS_IO_ERROR, "%.300s: %s", path, strerrordesc_np(errno));
    status_t status = STATUS_OK;
    for (int i = 0; i < entry_count; i++) {
        buffer_t below = {0};
        buffer_printf(&below, "%s/%s", path, entries[i]->d_name);
        if (status == STATUS_OK)
            status = s_take_entry(below.data, out, count, fault);
        buffer_free(&below);
        free(entries[i]);
    }
    free(entries);
    return status;
}

status_t
walk_write(const char *path, FILE *out, int64_t *count, fault_t *fault)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return fault_set(fault, errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO_ERROR, "%.300s: %s",
                         path, strerrordesc_np(errno));
    if (S_ISDIR(info.st_mode))
        return s_walk(path, out, count, fault);
    if (S_ISREG(info.st_mode))
        return s_write_document(path, out, count, fault);
    return fault_set(fault, STATUS_BAD_REQUEST, "%.300s is neither a file nor a directory", path);
}
