#include "gateway/routes.h"

#include <string.h>

#include "base/text.h"

static const char s_placeholder[] = "{job_id}";

bool
job_id_is_valid(slice_t job_id)
{
    if (job_id.size < 1 || job_id.size > JOB_ID_MAX)
        return false;
    for (size_t i = 0; i < job_id.size; i++) {
        char c = job_id.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && c != '.' && c != '_' && c != ':' && c != '-')
            return false;
    }
    return true;
}

/* True when `path` has the form of `pattern`; `segment` is what stands for {job_id}. */
static bool
s_has_form(const char *pattern, slice_t path, slice_t *segment)
{
    *segment = (slice_t){0};
    const char *hole = strstr(pattern, s_placeholder);
    if (hole == NULL)
        return slice_is(path, pattern);
    size_t before = (size_t) (hole - pattern);
    const char *after = hole + sizeof s_placeholder - 1;
    size_t after_size = strlen(after);
    if (path.size <= before + after_size || memcmp(path.data, pattern, before) != 0 ||
        memcmp(path.data + path.size - after_size, after, after_size) != 0)
        return false;
    *segment = (slice_t){path.data + before, path.size - before - after_size};
    return memchr(segment->data, '/', segment->size) == NULL;
}

static status_t
s_take_job_id(slice_t segment, route_match_t *match, fault_t *fault)
{
    buffer_t decoded = {0};
    status_t status = STATUS_OK;
    if (!text_percent_decode(&decoded, segment) || memchr(decoded.data, '\0', decoded.size) ||
        memchr(decoded.data, '/', decoded.size))
        status = fault_set(fault, STATUS_NOT_FOUND, "there is no such path");
    else if (!job_id_is_valid(buffer_slice(&decoded)))
        status =
            fault_set(fault, STATUS_BAD_REQUEST, "a job_id is 1 to 128 of A-Z a-z 0-9 . _ : -");
    else
        memcpy(match->job_id, decoded.data, decoded.size + 1);
    buffer_free(&decoded);
    return status;
}

static void
s_allow(buffer_t *allow, const char *method)
{
    buffer_append_text(allow, allow->size ? ", " : "");
    buffer_append_text(allow, strcmp(method, "GET") == 0 ? "GET, HEAD" : method);
}

status_t
routes_match(const route_t *table, size_t count, slice_t method, slice_t path, route_match_t *match,
             buffer_t *allow, fault_t *fault)
{
    *match = (route_match_t){.is_head = slice_is(method, "HEAD")};
    buffer_clear(allow);
    slice_t wanted = match->is_head ? SLICE("GET") : method;
    for (size_t i = 0; i < count; i++) {
        slice_t segment;
        if (!s_has_form(table[i].pattern, path, &segment))
            continue;
        if (!slice_is(wanted, table[i].method)) {
            s_allow(allow, table[i].method);
            continue;
        }
        match->route = &table[i];
        return segment.size ? s_take_job_id(segment, match, fault) : STATUS_OK;
    }
    if (allow->size)
        return fault_set(fault, STATUS_METHOD_NOT_ALLOWED, "this path takes %s", allow->data);
    return fault_set(fault, STATUS_NOT_FOUND, "there is no such path");
}
