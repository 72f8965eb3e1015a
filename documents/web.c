#include "documents/web.h"

enum { WAIT_STEP_MS = 50 /* how often the cancel flag is looked at */ };

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

uint32_t
web_retry_after_ms(CURL *easy)
{
    curl_off_t seconds = 0;
    curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds);
    if (seconds > WEB_RETRY_AFTER_MAX_SECONDS)
        seconds = WEB_RETRY_AFTER_MAX_SECONDS;
    return seconds > 0 ? (uint32_t) seconds * 1000 : 0;
}
