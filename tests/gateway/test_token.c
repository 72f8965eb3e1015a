#include "gateway/token.h"

#include <pthread.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "tests/gateway/make_token.h"
#include "tests/support/cmocka_all.h"

static const int64_t NOW = 1700000000;
#define SECRET SLICE("0123456789abcdef0123456789abcdef")
#define HEADER "{\"alg\":\"HS256\",\"typ\":\"JWT\"}"
#define GOOD   "{\"sub\":\"alice\",\"exp\":1700000100}"

static key_pair_t s_rsa, s_ec;

static int
setup(void **state)
{
    (void) state;
    key_pair_make(&s_rsa, "RS256");
    key_pair_make(&s_ec, "ES256");
    return sodium_init() < 0;
}

static int
teardown(void **state)
{
    (void) state;
    key_pair_free(&s_rsa);
    key_pair_free(&s_ec);
    return 0;
}

static token_rules_t *
s_rules(const char *algorithm, slice_t key, const char *issuer, const char *audience)
{
    token_rules_t *rules = NULL;
    fault_t fault = {0};
    if (token_rules_new(slice_from(algorithm), key, slice_from(issuer), slice_from(audience),
                        &rules, &fault) != STATUS_OK)
        fail_msg("%s", fault.detail);
    return rules;
}

static status_t
s_verify(const token_rules_t *rules, const char *token)
{
    token_claims_t claims;
    return token_verify(rules, slice_from(token), NOW, &claims, NULL);
}

/* Verifies a token of this header and these claims, signed with our secret. */
static status_t
s_verify_made(const token_rules_t *rules, const char *header, const char *claims)
{
    char *token = make_token_hs256(header, claims, SECRET);
    status_t status = s_verify(rules, token);
    free(token);
    return status;
}

static void
a_good_token_tells_the_user_and_its_end(void **state)
{
    (void) state;
    token_rules_t *rules = s_rules("HS256", SECRET, "", "");
    char *token = make_token_hs256(HEADER, GOOD, SECRET);
    token_claims_t claims;
    assert_int_equal(token_verify(rules, slice_from(token), NOW, &claims, NULL), STATUS_OK);
    assert_string_equal(claims.subject, "alice");
    assert_int_equal(claims.expires_at, 1700000100);
    free(token);
    token_rules_destroy(&rules);
}

static void
claims_are_read_strictly(void **state)
{
    (void) state;
    static const struct {
        const char *claims;
        bool holds;
    } rows[] = {
        {GOOD, true},
        {"{\"sub\":\"a\",\"exp\":1700000001}", true},
        {"{\"sub\":\"a\",\"exp\":1700000000}", false},
        {"{\"sub\":\"a\",\"exp\":1699999999}", false},
        {"{\"sub\":\"a\",\"exp\":\"1700000100\"}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100.5}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100.0}", false},
        {"{\"sub\":\"a\",\"exp\":1.8e9}", false},
        {"{\"sub\":\"a\",\"exp\":99999999999999999999}", false},
        {"{\"sub\":\"a\",\"exp\":-1}", false},
        {"{\"sub\":\"a\",\"exp\":null}", false},
        {"{\"sub\":\"a\",\"exp\":[1700000100]}", false},
        {"{\"sub\":\"a\"}", false},
        {"{\"sub\":\"a\",\"exp\":1,\"exp\":1700000100}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"\\u0065xp\":1700000100}", false},
        {"{\"exp\":1700000100}", false},
        {"{\"sub\":\"\",\"exp\":1700000100}", false},
        {"{\"sub\":7,\"exp\":1700000100}", false},
        {"{\"sub\":null,\"exp\":1700000100}", false},
        {"{\"sub\":\"a\\u0000b\",\"exp\":1700000100}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"nbf\":1700000030}", true},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"nbf\":1700000031}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"nbf\":\"0\"}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"iat\":1700000030}", true},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"iat\":1700000031}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"iat\":1.5}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"type\":\"access\"}", true},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"type\":\"refresh\"}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"type\":null}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"other\":{\"exp\":1}}", true},
        {"[1]", false},
        {"\"x\"", false},
        {"{\"sub\":\"a\",\"exp\":1700000100} x", false},
        {"{\"sub\":\"a\",\"exp\":01700000100}", false},
        {"", false},
    };
    token_rules_t *rules = s_rules("HS256", SECRET, "", "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool holds = s_verify_made(rules, HEADER, rows[i].claims) == STATUS_OK;
        if (holds != rows[i].holds)
            fail_msg("%s: %s", rows[i].claims, holds ? "was taken" : "was refused");
    }
    token_rules_destroy(&rules);
}

static void
a_subject_has_at_most_255_bytes(void **state)
{
    (void) state;
    token_rules_t *rules = s_rules("HS256", SECRET, "", "");
    for (int size = 255; size <= 256; size++) {
        buffer_t claims = {0};
        buffer_printf(&claims, "{\"sub\":\"%0*d\",\"exp\":1700000100}", size, 0);
        status_t status = s_verify_made(rules, HEADER, claims.data);
        assert_int_equal(status == STATUS_OK, size == 255);
        buffer_free(&claims);
    }
    token_rules_destroy(&rules);
}

static void
headers_are_read_strictly(void **state)
{
    (void) state;
    static const struct {
        const char *header;
        bool holds;
    } rows[] = {{"{\"alg\":\"HS256\"}", true},
                {"{\"alg\":\"hs256\"}", false},
                {"{\"alg\":\"HS384\"}", false},
                {"{\"alg\":\"HS512\"}", false},
                {"{\"alg\":\"none\"}", false},
                {"{\"alg\":\"None\"}", false},
                {"{\"alg\":\"RS256\"}", false},
                {"{\"alg\":null}", false},
                {"{\"alg\":[\"HS256\"]}", false},
                {"{\"typ\":\"JWT\"}", false},
                {"{\"alg\":\"HS256\",\"alg\":\"none\"}", false},
                {"{\"alg\":\"none\",\"alg\":\"HS256\"}", false},
                {"{\"alg\":\"HS256\",\"crit\":[\"exp\"]}", false},
                {"{\"alg\":\"HS256\",\"crit\":[]}", false},
                {"{\"alg\":\"HS256\",\"crit\":null}", false},
                {"{\"alg\":\"HS256\"}}", false},
                {"{\"Alg\":\"HS256\"}", false}};
    token_rules_t *rules = s_rules("HS256", SECRET, "", "");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        bool holds = s_verify_made(rules, rows[i].header, GOOD) == STATUS_OK;
        if (holds != rows[i].holds)
            fail_msg("%s: %s", rows[i].header, holds ? "was taken" : "was refused");
    }
    token_rules_destroy(&rules);
}

static void
an_unsigned_token_is_refused(void **state)
{
    (void) state;
    token_rules_t *rules = s_rules("HS256", SECRET, "", "");
    char *token = make_token_hs256("{\"alg\":\"none\"}", GOOD, SECRET);
    char *dot = strrchr(token, '.');
    dot[1] = '\0';
    assert_int_equal(s_verify(rules, token), STATUS_UNAUTHENTICATED);
    *dot = '\0';
    assert_int_equal(s_verify(rules, token), STATUS_UNAUTHENTICATED);
    free(token);
    token_rules_destroy(&rules);
}

static void
another_key_or_a_changed_byte_is_refused(void **state)
{
    (void) state;
    token_rules_t *rules = s_rules("HS256", SECRET, "", "");
    char *token = make_token_hs256(HEADER, GOOD, SLICE("another-secret-of-32-bytes-at-least"));
    assert_int_equal(s_verify(rules, token), STATUS_UNAUTHENTICATED);
    free(token);
    token = make_token_hs256(HEADER, GOOD, SECRET);
    for (size_t i = 0; token[i]; i++) {
        char kept = token[i];
        token[i] = kept == 'A' ? 'Q' : 'A';
        /* The last letter of a segment has bits that stand for nothing; changed ones are refused
         * by the strict decoder or by the signature. */
        assert_int_equal(s_verify(rules, token), STATUS_UNAUTHENTICATED);
        token[i] = kept;
    }
    assert_int_equal(s_verify(rules, token), STATUS_OK);
    free(token);
    token_rules_destroy(&rules);
}

static void
public_keys_verify_what_their_private_keys_signed(void **state)
{
    (void) state;
    const struct {
        const char *algorithm;
        const key_pair_t *pair;
    } rows[] = {{"RS256", &s_rsa}, {"ES256", &s_ec}};
    for (size_t i = 0; i < 2; i++) {
        token_rules_t *rules =
            s_rules(rows[i].algorithm, slice_from(rows[i].pair->public_key), "", "");
        char *token = make_token(rows[i].algorithm, GOOD, slice_from(rows[i].pair->private_key));
        assert_int_equal(s_verify(rules, token), STATUS_OK);
        free(token);
        /* The old trick: the public key, which everybody has, as an HMAC secret. */
        token = make_token_hs256(HEADER, GOOD, slice_from(rows[i].pair->public_key));
        assert_int_equal(s_verify(rules, token), STATUS_UNAUTHENTICATED);
        free(token);
        token_rules_destroy(&rules);
    }
    token_rules_t *rules = s_rules("RS256", slice_from(s_rsa.public_key), "", "");
    key_pair_t other;
    key_pair_make(&other, "RS256");
    char *token = make_token("RS256", GOOD, slice_from(other.private_key));
    assert_int_equal(s_verify(rules, token), STATUS_UNAUTHENTICATED);
    free(token);
    key_pair_free(&other);
    token_rules_destroy(&rules);
}

static void
keys_that_are_not_fit_are_refused(void **state)
{
    (void) state;
    token_rules_t *rules = NULL;
    slice_t none = {0};
    const struct {
        const char *algorithm;
        slice_t key;
    } rows[] = {{"HS256", SLICE("0123456789abcdef0123456789abcde")},
                {"HS256", none},
                {"HS256", slice_from(s_rsa.public_key)},
                {"HS256", slice_from(s_rsa.private_key)},
                {"RS256", SECRET},
                {"RS256", slice_from(s_rsa.private_key)},
                {"ES256", none},
                {"none", SECRET},
                {"HS512", SECRET}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(
            token_rules_new(slice_from(rows[i].algorithm), rows[i].key, none, none, &rules, NULL),
            STATUS_BAD_REQUEST);
    assert_null(rules);
}

static void
issuer_and_audience_count_where_they_are_configured(void **state)
{
    (void) state;
    static const struct {
        const char *claims;
        bool holds;
    } rows[] = {
        {"{\"sub\":\"a\",\"exp\":1700000100,\"iss\":\"us\",\"aud\":\"tagmill\"}", true},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"iss\":\"us\",\"aud\":[\"x\",\"tagmill\"]}", true},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"iss\":\"us\",\"aud\":[\"x\"]}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"iss\":\"us\",\"aud\":[]}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"iss\":\"us\",\"aud\":{\"a\":\"tagmill\"}}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"iss\":\"us\"}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"iss\":\"them\",\"aud\":\"tagmill\"}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"iss\":[\"us\"],\"aud\":\"tagmill\"}", false},
        {"{\"sub\":\"a\",\"exp\":1700000100,\"aud\":\"tagmill\"}", false},
    };
    token_rules_t *rules = s_rules("HS256", SECRET, "us", "tagmill");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_int_equal(s_verify_made(rules, HEADER, rows[i].claims) == STATUS_OK, rows[i].holds);
    token_rules_destroy(&rules);
}

static void
what_is_no_token_is_refused(void **state)
{
    (void) state;
    static const char *const texts[] = {
        "",     ".",    "..",          "...",           "a.b.c",         "a..c",
        ".b.c", "a.b.", "e30.e30.e30", "e30=.e30.AAAA", "e3 0.e30.AAAA", "\xff.\xff.\xff"};
    token_rules_t *rules = s_rules("HS256", SECRET, "", "");
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        assert_int_equal(s_verify(rules, texts[i]), STATUS_UNAUTHENTICATED);
    token_rules_destroy(&rules);
}

static void
a_token_over_eight_kibibytes_is_refused(void **state)
{
    (void) state;
    token_rules_t *rules = s_rules("HS256", SECRET, "", "");
    buffer_t claims = {0};
    buffer_printf(&claims, "{\"sub\":\"a\",\"exp\":1700000100,\"x\":\"%06300d\"}", 0);
    assert_int_equal(s_verify_made(rules, HEADER, claims.data), STATUS_UNAUTHENTICATED);
    buffer_free(&claims);
    token_rules_destroy(&rules);
}

/* What runs here has as much stack as a thread of civetweb. */
static void *
s_verify_brackets(void *argument)
{
    const token_rules_t *rules = argument;
    buffer_t deep = {0};
    for (int i = 0; i < 1000; i++)
        buffer_append_byte(&deep, '[');
    status_t header = s_verify_made(rules, deep.data, GOOD);
    buffer_t nested = {0};
    buffer_printf(&nested, "{\"alg\":\"HS256\",\"x\":%s", deep.data);
    status_t member = s_verify_made(rules, nested.data, GOOD);
    status_t claims = s_verify_made(rules, HEADER, deep.data);
    buffer_free(&deep);
    buffer_free(&nested);
    return header == STATUS_UNAUTHENTICATED && member == header && claims == header ? "good" : NULL;
}

static void
a_thousand_brackets_do_not_overrun_the_stack(void **state)
{
    (void) state;
    token_rules_t *rules = s_rules("HS256", SECRET, "", "");
    pthread_attr_t attributes;
    pthread_t thread;
    void *result = NULL;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 100 * 1024);
    assert_int_equal(pthread_create(&thread, &attributes, s_verify_brackets, rules), 0);
    pthread_join(thread, &result);
    assert_non_null(result);
    pthread_attr_destroy(&attributes);
    token_rules_destroy(&rules);
}

static void
the_cache_forgets_a_token_when_it_expires(void **state)
{
    (void) state;
    token_rules_t *rules = s_rules("HS256", SECRET, "", "");
    token_cache_t *cache = token_cache_new();
    char *token = make_token_hs256(HEADER, GOOD, SECRET);
    const token_claims_t *claims = NULL;
    slice_t text = slice_from(token);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(token_cache_verify(cache, rules, text, NOW, &claims, NULL), STATUS_OK);
        assert_string_equal(claims->subject, "alice");
    }
    assert_int_equal(token_cache_verify(cache, rules, text, NOW + 100, &claims, NULL),
                     STATUS_UNAUTHENTICATED);
    free(token);
    token_cache_destroy(&cache);
    token_rules_destroy(&rules);
}

static void
the_cache_takes_a_token_by_all_its_bytes(void **state)
{
    (void) state;
    token_rules_t *rules = s_rules("HS256", SECRET, "", "");
    token_cache_t *cache = token_cache_new();
    const token_claims_t *claims = NULL;
    for (int i = 0; i < 300; i++) {
        char text[64];
        snprintf(text, sizeof text, "{\"sub\":\"user%d\",\"exp\":1700000100}", i);
        char *token = make_token_hs256(HEADER, text, SECRET);
        assert_int_equal(token_cache_verify(cache, rules, slice_from(token), NOW, &claims, NULL),
                         STATUS_OK);
        snprintf(text, sizeof text, "user%d", i);
        assert_string_equal(claims->subject, text);
        token[strlen(token) - 5] ^= 1;
        assert_int_equal(token_cache_verify(cache, rules, slice_from(token), NOW, &claims, NULL),
                         STATUS_UNAUTHENTICATED);
        free(token);
    }
    token_cache_destroy(&cache);
    token_rules_destroy(&rules);
}

static void
rules_come_from_the_settings(void **state)
{
    (void) state;
    char directory[] = "/tmp/tagmill-token-XXXXXX", text[128];
    fault_t fault = {0};
    token_rules_t *rules = NULL;
    config_t *config = config_new();
    assert_non_null(mkdtemp(directory));
    snprintf(text, sizeof text, "data_dir=%s", directory);
    assert_int_equal(config_set(config, text, &fault), STATUS_OK);
    assert_int_equal(config_finish(config, &fault), STATUS_OK);
    assert_int_equal(token_rules_load(config, &rules, &fault), STATUS_OK);
    token_rules_destroy(&rules);
    snprintf(text, sizeof text, "%s/jwt.secret", directory);
    struct stat info;
    assert_int_equal(stat(text, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
    unlink(text);
    rmdir(directory);
    config_destroy(&config);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_good_token_tells_the_user_and_its_end),
        cmocka_unit_test(claims_are_read_strictly),
        cmocka_unit_test(a_subject_has_at_most_255_bytes),
        cmocka_unit_test(headers_are_read_strictly),
        cmocka_unit_test(an_unsigned_token_is_refused),
        cmocka_unit_test(another_key_or_a_changed_byte_is_refused),
        cmocka_unit_test(public_keys_verify_what_their_private_keys_signed),
        cmocka_unit_test(keys_that_are_not_fit_are_refused),
        cmocka_unit_test(issuer_and_audience_count_where_they_are_configured),
        cmocka_unit_test(what_is_no_token_is_refused),
        cmocka_unit_test(a_token_over_eight_kibibytes_is_refused),
        cmocka_unit_test(a_thousand_brackets_do_not_overrun_the_stack),
        cmocka_unit_test(the_cache_forgets_a_token_when_it_expires),
        cmocka_unit_test(the_cache_takes_a_token_by_all_its_bytes),
        cmocka_unit_test(rules_come_from_the_settings),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
