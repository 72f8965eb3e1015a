#include "documents/web.h"

#include <stdlib.h>

#include "base/clock.h"

enum {
    WAIT_STEP_MS = 50, /* how often the cancel flag is looked at */
    RETRY_AFTER_MAX_MS = WEB_RETRY_AFTER_MAX_SECONDS * 1000
};

void
web_open(CURLM **multi, CURL **easy)
{
    curl_global_init(CURL_GLOBAL_DEFAULT); /* counted by libcurl, and safe in any thread */
    *multi = curl_multi_init();
    *easy = curl_easy_init();
    if (*multi == NULL || *easy == NULL)
        abort(); /* out of memory, see base/memory.h */
    curl_easy_setopt(*easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(*easy, CURLOPT_PROXY, "");
    curl_easy_setopt(*easy, CURLOPT_ACCEPT_ENCODING, "");
    curl_easy_setopt(*easy, CURLOPT_USERAGENT, "tagmill/" TAGMILL_VERSION);
    curl_easy_setopt(*easy, CURLOPT_NOSIGNAL, 1L); /* other threads run */
    /* A name server that is silent must not hold a cancelled request. */
    curl_easy_setopt(*easy, CURLOPT_QUICK_EXIT, 1L);
}

void
web_close(CURLM *multi, CURL *easy)
{
    curl_easy_cleanup(easy);
    curl_multi_cleanup(multi);
    curl_global_cleanup();
}

bool
web_perform(CURLM *multi, const atomic_bool *cancel, CURLcode *result)
{
    int running = 1;
    while (running) {
        if (atomic_load(cancel))
            return false;
        if (curl_multi_perform(multi, &running) != CURLM_OK)
            break;
        if (running)
            curl_multi_poll(multi, NULL, 0, WAIT_STEP_MS, NULL);
    }
    *result = CURLE_FAILED_INIT;
    int left;
    for (CURLMsg *message = curl_multi_info_read(multi, &left); message;
         message = curl_multi_info_read(multi, &left))
        if (message->msg == CURLMSG_DONE)
            *result = message->data.result;
    return true;
}

/* libcurl's own reading drops fractions, and takes a time that has come for none. */
uint32_t
web_retry_after_ms(CURL *easy)
{
    struct curl_header *header = NULL;
    if (curl_easy_header(easy, "Retry-After", 0, CURLH_HEADER, -1, &header) != CURLHE_OK)
        return 0;
    char *end;
    double ms = strtod(header->value, &end) * 1000;
    if (end == header->value) {
        time_t date = curl_getdate(header->value, NULL);
        if (date < 0)
            return 0;
        ms = (double) date * 1000 - (double) clock_wall_ms();
    }
    if (!(ms >= 1))
        return 1;
    return ms < RETRY_AFTER_MAX_MS ? (uint32_t) ms : RETRY_AFTER_MAX_MS;
}
