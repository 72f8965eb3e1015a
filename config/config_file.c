#include <assert.h>
#include <czmq.h>
#include <string.h>

#include "base/file.h"
#include "config/config_self.h"
#include "config/zpl.h"

enum { FILE_SIZE_MAX = 1024 * 1024 };

/* The walk over zconfig's tree, which meets the names in the order of the lines. */
typedef struct {
    config_t *config;
    const char *file;
    const zpl_t *zpl;
    size_t next;   /* index of the item that the walk meets next */
    buffer_t path; /* of the item at hand */
    fault_t *fault;
} s_walk_t;

static bool
s_is_group(slice_t path)
{
    for (int key = 0; key < CONFIG_KEY_COUNT; key++) {
        const char *whole = config_key_path((config_key_t) key);
        if (strncmp(whole, path.data, path.size) == 0 && whole[path.size] == '/')
            return true;
    }
    return provider_set_is_group(path);
}

static status_t
s_take_key(s_walk_t *walk, config_key_t key, zconfig_t *node, zpl_item_t item)
{
    const char *path = config_key_path(key);
    size_t before = walk->config->file_lines[key];
    if (!item.has_value || zconfig_child(node))
        return fault_set(walk->fault, STATUS_BAD_REQUEST,
                         "%s:%zu: %s is a key, not a group: right is one line NAME = VALUE",
                         walk->file, item.line, path);
    if (before)
        return fault_set(walk->fault, STATUS_BAD_REQUEST,
                         "%s:%zu: %s is set a second time; the first is line %zu", walk->file,
                         item.line, path, before);
    walk->config->file_lines[key] = item.line;
    buffer_t where = {0};
    buffer_printf(&where, "%s:%zu: %s", walk->file, item.line, path);
    status_t status = config_put(walk->config, key, zconfig_value(node), where.data, walk->fault);
    buffer_free(&where);
    return status;
}

static status_t
s_take_provider_setting(s_walk_t *walk, zconfig_t *node, zpl_item_t item)
{
    buffer_t where = {0};
    buffer_printf(&where, "%s:%zu: ", walk->file, item.line);
    provider_setting_t setting = {.path = buffer_slice(&walk->path),
                                  .value = zconfig_value(node),
                                  .where = where.data,
                                  .line = item.line};
    status_t status = !item.has_value || zconfig_child(node)
                          ? fault_set(walk->fault, STATUS_BAD_REQUEST,
                                      "%s%s is a key, not a group: right is one line NAME = VALUE",
                                      where.data, walk->path.data)
                          : provider_set_put(&walk->config->providers, &setting, walk->fault);
    buffer_free(&where);
    return status;
}

static status_t
s_take_item(s_walk_t *walk, zconfig_t *node, zpl_item_t item)
{
    config_key_t key;
    slice_t path = buffer_slice(&walk->path);
    if (config_key_find(path, &key))
        return s_take_key(walk, key, node, item);
    bool group = s_is_group(path);
    if (!group && provider_set_owns(path))
        return s_take_provider_setting(walk, node, item);
    if (group && item.has_value)
        return fault_set(walk->fault, STATUS_BAD_REQUEST,
                         "%s:%zu: %s is a group, not a key: its keys stand on the lines below it, "
                         "4 spaces further in",
                         walk->file, item.line, walk->path.data);
    /* In a group that does not exist its first key is what can be named. */
    if (group || (zconfig_child(node) && !item.has_value))
        return STATUS_OK;
    buffer_t where = {0};
    buffer_printf(&where, "%s:%zu: ", walk->file, item.line);
    status_t status = config_refuse_unknown(where.data, path, walk->fault);
    buffer_free(&where);
    return status;
}

/* Goes as deep as the file's indentation, which lines of 1,024 bytes keep below 256 levels. */
static status_t
s_walk_children(s_walk_t *walk, zconfig_t *parent)
{
    status_t status = STATUS_OK;
    size_t start = walk->path.size;
    for (zconfig_t *node = zconfig_child(parent); node && status == STATUS_OK;
         node = zconfig_next(node)) {
        assert(walk->next < walk->zpl->count);
        if (start)
            buffer_append_byte(&walk->path, '/');
        buffer_append_text(&walk->path, zconfig_name(node));
        status = s_take_item(walk, node, walk->zpl->items[walk->next++]);
        if (status == STATUS_OK)
            status = s_walk_children(walk, node);
        walk->path.size = start;
    }
    return status;
}

static status_t
s_load_text(config_t *self, const char *path, const buffer_t *text, const zpl_t *zpl,
            fault_t *fault)
{
    if (zpl->count == 0)
        return STATUS_OK;
    zconfig_t *root = zconfig_str_load(text->data);
    if (!root)
        return fault_set(fault, STATUS_BAD_REQUEST, "%s: malformed ZPL", path);
    memset(self->file_lines, 0, sizeof self->file_lines);
    provider_set_new_file(&self->providers);
    s_walk_t walk = {.config = self, .file = path, .zpl = zpl, .fault = fault};
    status_t status = s_walk_children(&walk, root);
    buffer_free(&walk.path);
    zconfig_destroy(&root);
    return status;
}

status_t
config_load_file(config_t *self, const char *path, fault_t *fault)
{
    buffer_t text = {0};
    zpl_t zpl = {0};
    status_t status = file_read(path, FILE_SIZE_MAX, &text, fault);
    if (status == STATUS_TOO_LARGE)
        status = STATUS_BAD_REQUEST;
    if (status == STATUS_OK)
        status = zpl_scan(&zpl, buffer_slice(&text), path, fault);
    if (status == STATUS_OK)
        status = s_load_text(self, path, &text, &zpl, fault);
    zpl_free(&zpl);
    buffer_free(&text);
    return status;
}
