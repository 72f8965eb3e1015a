#include "documents/child/html_blocks.h"

enum {
    LONG_BYTES = 100, /* a sentence or more */
    FEW_LINKS = 30,   /* per cent of a block that is read */
    MANY_LINKS = 50,  /* per cent of a block that leads elsewhere */
    MAIN_LEAST_BYTES = 200,
    ASIDE_TIMES = 4, /* so much more stands aside where a page is built of one form, or is broken */
    RUN_BYTES = 200, /* short blocks in a row that are together worth reading */
    LEAST_BYTES = 50
};

typedef enum { CLASS_SHORT, CLASS_GOOD, CLASS_LINKS } class_t;

typedef enum { REGION_MAIN, REGION_BODY, REGION_ALL } region_t;

static bool
s_has_links(const html_block_t *block, unsigned per_cent)
{
    return block->link_bytes * 100 > block->size * per_cent;
}

static class_t
s_classify(const html_block_t *block)
{
    if (s_has_links(block, MANY_LINKS) && !block->is_heading)
        return CLASS_LINKS;
    return block->size >= LONG_BYTES && !s_has_links(block, FEW_LINKS) ? CLASS_GOOD : CLASS_SHORT;
}

static bool
s_is_in(const html_block_t *block, region_t region)
{
    return region == REGION_ALL || (!block->is_aside && (region == REGION_BODY || block->is_main));
}

static region_t
s_choose_region(const html_page_t *page)
{
    size_t main_bytes = 0, body_bytes = 0, aside_bytes = 0;
    for (size_t i = 0; i < page->count; i++) {
        const html_block_t *block = &page->blocks[i];
        if (s_has_links(block, FEW_LINKS))
            continue;
        size_t size = block->size - block->link_bytes;
        aside_bytes += block->is_aside ? size : 0;
        body_bytes += block->is_aside ? 0 : size;
        main_bytes += block->is_aside || !block->is_main ? 0 : size;
    }
    if (main_bytes >= MAIN_LEAST_BYTES && main_bytes >= body_bytes - main_bytes)
        return REGION_MAIN;
    return body_bytes > 0 && body_bytes >= aside_bytes / ASIDE_TIMES ? REGION_BODY : REGION_ALL;
}

/* The blocks from `from` up to `to` are short: they go the way of what is around them, but where
 * there is much of them, or a heading with something to head. */
static size_t
s_keep_run(html_page_t *page, size_t from, size_t to, region_t region, bool is_by_good)
{
    size_t bytes = 0;
    bool has_heading = false;
    for (size_t i = from; i < to; i++) {
        const html_block_t *block = &page->blocks[i];
        if (!s_is_in(block, region))
            continue;
        bytes += block->size;
        is_by_good = is_by_good || (has_heading && !block->is_heading);
        has_heading = has_heading || block->is_heading;
    }
    if (!is_by_good && bytes < RUN_BYTES)
        return 0;
    for (size_t i = from; i < to; i++)
        page->blocks[i].is_kept = s_is_in(&page->blocks[i], region);
    return bytes;
}

static size_t
s_keep_good(html_page_t *page, region_t region)
{
    size_t from = 0, bytes = 0;
    class_t before = CLASS_SHORT;
    for (size_t i = 0; i < page->count; i++) {
        html_block_t *block = &page->blocks[i];
        class_t class = s_classify(block);
        if (!s_is_in(block, region) || class == CLASS_SHORT)
            continue;
        bytes += s_keep_run(page, from, i, region, before == CLASS_GOOD || class == CLASS_GOOD);
        block->is_kept = class == CLASS_GOOD;
        bytes += block->is_kept ? block->size : 0;
        before = class;
        from = i + 1;
    }
    return bytes + s_keep_run(page, from, page->count, region, before != CLASS_LINKS);
}

void
html_blocks_choose(html_page_t *page)
{
    region_t region = s_choose_region(page);
    if (s_keep_good(page, region) >= LEAST_BYTES)
        return;
    for (size_t i = 0; i < page->count; i++)
        page->blocks[i].is_kept = true;
}
