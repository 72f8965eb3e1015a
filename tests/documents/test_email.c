#include "documents/child/email.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/text.h"
#include "tests/support/cmocka_all.h"

enum { DEADLINE_MS = 30000 };

#define HEAD  "From: Ann Smith <ann@example.org>\nTo: bob@example.org\nMIME-Version: 1.0\n"
#define FOX   "The fox is here again, and it eats the berries of the garden."
#define WORDS FOX "\n"

static reading_t s_reading;
static buffer_t s_message;

static int
setup(void **state)
{
    (void) state;
    email_warm_up();
    return 0;
}

static int
teardown(void **state)
{
    (void) state;
    reading_free(&s_reading);
    buffer_free(&s_message);
    return 0;
}

static void
s_read(slice_t bytes)
{
    reading_free(&s_reading);
    extract_request_t request = {3, EXTRACT_TEXT_MAX_BYTES, bytes};
    reading_make(&request, &s_reading);
    assert_true(text_is_utf8(buffer_slice(&s_reading.text)));
    assert_true((s_reading.error == ERROR_NONE) == (s_reading.detail.size == 0));
}

static void
s_assert_text(const char *message, const char *text)
{
    s_read(slice_from(message));
    if (s_reading.method != EXTRACT_METHOD_EMAIL || !slice_is(buffer_slice(&s_reading.text), text))
        fail_msg("%s, %s: %.*s", extract_method_word(s_reading.method),
                 s_reading.detail.size ? s_reading.detail.data : "",
                 SLICE_ARG(buffer_slice(&s_reading.text)));
}

static void
the_subject_and_the_text_are_read_and_people_left_out(void **state)
{
    (void) state;
    s_assert_text(HEAD "Subject: Foxes in\n the garden\nKeywords: fox, berry\n\n" WORDS
                       "> quoted\n> > twice\n\n-- \nAnn Smith\nSome Street 5\n",
                  "Foxes in the garden\n\nfox, berry\n\n" WORDS "quoted\ntwice\n\n");
}

static void
transfer_encodings_and_character_sets_are_decoded(void **state)
{
    (void) state;
    s_assert_text(HEAD
                  "Content-Type: text/plain; charset=iso-8859-1\n"
                  "Content-Transfer-Encoding: quoted-printable\n\n"
                  "Die F=FCchse fressen die Beeren im Garten, und =\nniemand st=F6rt sich daran.\n",
                  "Die Füchse fressen die Beeren im Garten, und niemand stört sich daran.\n\n");
    s_assert_text(HEAD "Content-Type: text/plain; charset=koi8-r\n"
                       "Content-Transfer-Encoding: base64\n\n"
                       "7cnSIM3J0iDNydIgzcnSIM3J0iDNydIgzcnSIM3J0iDNydIgzcnS\n"
                       "IM3J0iDNydIgzcnSIM3J0iDNydI=\n",
                  "Мир мир мир мир мир мир мир мир мир мир мир мир мир мир мир\n\n");
}

static void
encoded_words_of_a_field_are_decoded(void **state)
{
    (void) state;
    static const struct {
        const char *value, *text;
    } rows[] = {
        {" plain ", "plain"},
        {"=?utf-8?B?w7xiZXI=?= alles", "über alles"},
        {"A =?iso-8859-1?Q?=FCber_alles?=", "A über alles"},
        {"=?UTF-8?Q?=E6=9D?=\r\n =?utf-8?q?=B1=E4=BA=AC?=", "東京"},
        {"=?koi8-r*ru?Q?=CD=C9=D2?= =?utf-8?Q?_x?=", "мир x"},
        {"=?utf-8?X?abc?= =?utf-8?Q?no end", "=?utf-8?X?abc?= =?utf-8?Q?no end"},
        {"=?no-such?Q?abc?=", "abc"},
        {"a\r\n\tb", "a b"},
        {"gr\xc3\xbcn", "grün"},
        {"gr\xfcn", "grün"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        buffer_clear(&s_message);
        email_append_words(slice_from(rows[i].value), 1000, &s_message);
        if (strcmp(s_message.data ? s_message.data : "", rows[i].text) != 0)
            fail_msg("%s became \"%s\"", rows[i].value, s_message.data);
    }
}

#define PLAIN(words) "--b\nContent-Type: text/plain\n\n" words
#define HTML(words)  "--b\nContent-Type: text/html\n\n<html><body><p>" words "</p></body></html>\n"

static void
of_alternatives_the_plain_one_is_read_where_it_says_anything(void **state)
{
    (void) state;
    s_assert_text(HEAD "Content-Type: multipart/alternative; boundary=b\n\n" PLAIN(WORDS)
                      HTML("Nothing of this, which is another word for it all.") "--b--\n",
                  FOX "\n\n");
    s_assert_text(HEAD "Content-Type: multipart/alternative; boundary=b\n\n" PLAIN("See HTML.\n")
                      HTML(WORDS) "--b--\n",
                  FOX "\n\n");
}

static void
attachments_are_named_but_not_read(void **state)
{
    (void) state;
    s_assert_text(HEAD "Content-Type: multipart/mixed; boundary=b\n\n" PLAIN(
                      WORDS) "--b\nContent-Type: text/plain\nContent-Disposition: attachment; "
                             "filename=\"Forest_report-May.txt\"\n\nsecret words\n"
                             "--b\nContent-Type: image/png\nContent-Disposition: attachment; "
                             "filename=IMG_20240506.png"
                             "\n\nx\n--b\nContent-Type: application/pdf\n\nx\n--b--\n",
                  FOX "\n\nForest report May\n\n");
}

static void
a_message_within_a_message_is_read(void **state)
{
    (void) state;
    s_assert_text(
        HEAD "Subject: Outer\nContent-Type: multipart/mixed; boundary=b\n\n" PLAIN(
            WORDS) "--b\nContent-Type: message/rfc822\n\nSubject: Inner\n\nOwls too.\n--b--\n",
        "Outer\n\n" FOX "\n\nInner\n\nOwls too.\n\n");
}

static void
a_mailbox_is_read_message_by_message(void **state)
{
    (void) state;
    s_assert_text("From a@b Mon May  6 10:00:00 2024\n" HEAD "Subject: One\n\n" WORDS
                  "\nFrom a@b Mon May  6 11:00:00 2024\n" HEAD "Subject: Two\n\nOwls too.\n",
                  "One\n\n" FOX "\n\nTwo\n\nOwls too.\n\n");
}

static void
a_sealed_message_is_encrypted(void **state)
{
    (void) state;
    s_read(SLICE(HEAD "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; "
                      "boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
                      "--b\nContent-Type: application/octet-stream\n\nxyz\n--b--\n"));
    assert_int_equal(s_reading.error, ERROR_ENCRYPTED);
    assert_string_equal(s_reading.detail.data, "the message is encrypted");
}

/* Reads HEAD, `part` so many times and the words, which must be over within the deadline. */
static void
s_assert_quick(const char *start, const char *part, int count, bool is_read)
{
    buffer_clear(&s_message);
    buffer_append_text(&s_message, HEAD);
    buffer_append_text(&s_message, start);
    for (int i = 0; i < count; i++)
        buffer_append_text(&s_message, part);
    buffer_append_text(&s_message, "\n\n" WORDS);
    int64_t start_ms = clock_monotonic_ms();
    s_read(buffer_slice(&s_message));
    int64_t took_ms = clock_monotonic_ms() - start_ms;
    if (took_ms > DEADLINE_MS || (s_reading.error == ERROR_NONE) != is_read)
        fail_msg("%s...: %lld ms, %s", part, (long long) took_ms, error_type_word(s_reading.error));
}

static void
depth_and_length_are_bounded(void **state)
{
    (void) state;
    s_assert_quick("To: ", "a:", 100000, true);
    s_assert_quick("Cc: x\n", " (\n", 30000, true);
    s_assert_quick("", "X: y\n", 100000, true);
    s_assert_quick("Subject: ", "=?utf-8?Q?=C3=A9?= ", 20000, true);
    s_assert_quick("Content-Type: text/plain", "; a=b", 30000, true);
    s_assert_quick("", "Content-Type: message/rfc822\n\n", 100000, false);
    s_assert_quick("", "Content-Type: multipart/mixed; boundary=b\n\n--b\n", 20000, false);
    s_assert_quick("Content-Type: multipart/mixed; boundary=b\n", "\n--b\n\nwords", 20000, true);
    s_assert_quick("\n", WORDS, 10000000 / (int) strlen(WORDS), true);
}

static void
a_broken_message_harms_nobody(void **state)
{
    (void) state;
    static const char message[] = HEAD
        "Subject: =?utf-8?B?w7xiZXI=?=\nContent-Type: multipart/mixed; boundary=\"b\"\n\n"
        "--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
        "PHA+d29yZHM8L3A+\n--b\nContent-Type: message/rfc822\n\nSubject: x\n\ny =3D z\n--b--\n";
    for (size_t size = 0; size < sizeof message; size++)
        s_read((slice_t){message, size});
    for (size_t i = 0; i < sizeof message - 1; i++) {
        buffer_clear(&s_message);
        buffer_append_text(&s_message, message);
        s_message.data[i] ^= (char) (1 << i % 8);
        s_read(buffer_slice(&s_message));
    }
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, teardown)
    const struct CMUnitTest tests[] = {
        TEST(the_subject_and_the_text_are_read_and_people_left_out),
        TEST(transfer_encodings_and_character_sets_are_decoded),
        TEST(encoded_words_of_a_field_are_decoded),
        TEST(of_alternatives_the_plain_one_is_read_where_it_says_anything),
        TEST(attachments_are_named_but_not_read),
        TEST(a_message_within_a_message_is_read),
        TEST(a_mailbox_is_read_message_by_message),
        TEST(a_sealed_message_is_encrypted),
        TEST(depth_and_length_are_bounded),
        TEST(a_broken_message_harms_nobody),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
