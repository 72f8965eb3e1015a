#include "documents/child/package.h"

#include "tests/documents/zip_builder.h"
#include "tests/support/cmocka_all.h"

static buffer_t s_zip;
static package_t *s_package;

static int
teardown(void **state)
{
    (void) state;
    package_destroy(&s_package);
    buffer_free(&s_zip);
    return 0;
}

static bool
s_is_xml(slice_t name)
{
    return name.size > 4 && memcmp(name.data + name.size - 4, ".xml", 4) == 0;
}

static void
s_open(void)
{
    s_package = package_open(buffer_slice(&s_zip), s_is_xml);
}

static void
parts_are_found_by_name_whatever_its_case(void **state)
{
    (void) state;
    static const zip_part_t parts[] = {
        {"b/Second.xml", "two"}, {"a.xml", "one"}, {"picture.png", "three"}, {"empty.xml", ""}};
    zip_build(parts, 4, &s_zip);
    s_open();
    slice_t bytes;
    assert_int_equal(package_count(s_package), 4);
    assert_true(package_find(s_package, SLICE("B/second.XML"), &bytes) && slice_is(bytes, "two"));
    assert_true(package_find(s_package, SLICE("a.xml"), &bytes) && slice_is(bytes, "one"));
    assert_true(package_has(s_package, SLICE("picture.png")));
    assert_true(package_find(s_package, SLICE("picture.png"), &bytes) && slice_is(bytes, "three"));
    assert_false(package_find(s_package, SLICE("empty.xml"), &bytes));
    assert_false(package_has(s_package, SLICE("c.xml")));
    assert_false(package_has(s_package, SLICE("")));
    assert_false(package_is_damaged(s_package));
}

static void
names_outside_ascii_are_kept(void **state)
{
    (void) state;
    static const zip_part_t parts[] = {{"καί/größe.xml", "x"}};
    zip_build(parts, 1, &s_zip);
    s_open();
    assert_true(package_has(s_package, SLICE("καί/größe.xml")));
}

static void
what_is_no_archive_has_no_parts(void **state)
{
    (void) state;
    buffer_append_text(&s_zip, "PK\3\4 or so");
    s_open();
    assert_int_equal(package_count(s_package), 0);
    assert_true(package_is_damaged(s_package));
    package_destroy(&s_package);
    s_package = package_open((slice_t){0}, s_is_xml);
    assert_int_equal(package_count(s_package), 0);
}

static void
without_the_list_at_the_end_parts_are_still_found(void **state)
{
    (void) state;
    static const zip_part_t parts[] = {{"a.xml", "one"}, {"b.xml", "two"}, {"c.xml", "three"}};
    zip_build(parts, 3, &s_zip);
    s_zip.size -= 60;
    s_open();
    slice_t bytes;
    assert_true(package_find(s_package, SLICE("a.xml"), &bytes) && slice_is(bytes, "one"));
    assert_true(package_is_damaged(s_package));
}

static void
encrypted_parts_are_told(void **state)
{
    (void) state;
    zip_builder_t *builder = zip_begin(&s_zip, "secret");
    zip_add(builder, "a.xml", SLICE("one"));
    zip_end(&builder);
    s_open();
    slice_t bytes;
    assert_false(package_find(s_package, SLICE("a.xml"), &bytes));
    assert_true(package_is_encrypted(s_package));
}

/* Parts a.xml, b.xml and so on, all alike and much larger than they are packed. */
static void
s_build_large(size_t part_bytes, unsigned count)
{
    buffer_t blanks = {0};
    memset(buffer_reserve(&blanks, part_bytes), ' ', part_bytes);
    blanks.size = part_bytes;
    zip_builder_t *builder = zip_begin(&s_zip, NULL);
    for (unsigned i = 0; i < count; i++) {
        char name[] = "a.xml";
        name[0] = (char) ('a' + i);
        zip_add(builder, name, buffer_slice(&blanks));
    }
    zip_end(&builder);
    buffer_free(&blanks);
}

static void
a_bomb_of_small_parts_is_too_large(void **state)
{
    (void) state;
    s_build_large(1 << 20, 20);
    s_open();
    assert_true(package_is_too_large(s_package));
}

static void
large_parts_are_unpacked_when_they_are_asked_for(void **state)
{
    (void) state;
    enum { LARGE = 6 << 20 };
    s_build_large(LARGE, 4);
    s_open();
    slice_t bytes;
    assert_true(package_find(s_package, SLICE("d.xml"), &bytes) && bytes.size == LARGE);
    assert_true(package_find(s_package, SLICE("b.xml"), &bytes) && bytes.size == LARGE);
    assert_false(package_is_too_large(s_package));
    assert_false(package_find(s_package, SLICE("a.xml"), &bytes));
    assert_true(package_is_too_large(s_package));
}

static void
a_part_is_kept_until_its_last_release(void **state)
{
    (void) state;
    static const zip_part_t parts[] = {{"a.xml", "one"}, {"b.xml", "two"}};
    zip_build(parts, 2, &s_zip);
    s_open();
    slice_t first, second;
    package_release(s_package, SLICE("b.xml"));
    assert_true(package_find(s_package, SLICE("b.xml"), &first));
    assert_true(package_find(s_package, SLICE("b.xml"), &second));
    package_release(s_package, SLICE("b.xml"));
    assert_true(slice_is(first, "two"));
    package_release(s_package, SLICE("b.xml"));
    package_release(s_package, SLICE("b.xml"));
    assert_true(package_find(s_package, SLICE("b.xml"), &first) && slice_is(first, "two"));
}

static void
s_assert_resolved(const char *base, const char *target, const char *expected)
{
    buffer_t out = {0};
    package_resolve(slice_from(base), slice_from(target), &out);
    if (!slice_is(buffer_slice(&out), expected))
        fail_msg("%s in %s became \"%s\"", target, base, out.data);
    buffer_free(&out);
}

static void
references_are_resolved_within_the_package(void **state)
{
    (void) state;
    s_assert_resolved("", "word/document.xml", "word/document.xml");
    s_assert_resolved("word/document.xml", "header1.xml", "word/header1.xml");
    s_assert_resolved("ppt/slides/slide1.xml", "../notes/n1.xml", "ppt/notes/n1.xml");
    s_assert_resolved("ppt/presentation.xml", "/ppt/./slides//s.xml", "ppt/slides/s.xml");
    s_assert_resolved("OPS/content.opf", "A%20b/c.xhtml#part?x", "OPS/A b/c.xhtml");
    s_assert_resolved("a/b.xml", "../../../../etc/passwd", "etc/passwd");
    s_assert_resolved("a/b.xml", "50%.xml", "a/50%.xml");
    s_assert_resolved("a.xml", "", "");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
    const struct CMUnitTest tests[] = {
        TEST(parts_are_found_by_name_whatever_its_case),
        TEST(names_outside_ascii_are_kept),
        TEST(what_is_no_archive_has_no_parts),
        TEST(without_the_list_at_the_end_parts_are_still_found),
        TEST(encrypted_parts_are_told),
        TEST(a_bomb_of_small_parts_is_too_large),
        TEST(large_parts_are_unpacked_when_they_are_asked_for),
        TEST(a_part_is_kept_until_its_last_release),
        TEST(references_are_resolved_within_the_package),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
