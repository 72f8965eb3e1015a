/* What every HTTP request of ours by libcurl shares. Any thread, each with its own handles. */
#ifndef TAGMILL_DOCUMENTS_WEB_H
#define TAGMILL_DOCUMENTS_WEB_H

#include <curl/curl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { WEB_RETRY_AFTER_MAX_SECONDS = 24 * 3600 };

/* Starts libcurl for this caller and returns owned handles for one transfer at a time: a multi
 * handle, and an easy one that is not yet added to it and has the options that every request of
 * ours has: http and https, no proxy, packed answers, a name of ours, no signals. */
void web_open(CURLM **multi, CURL **easy);

/* Frees both; the easy handle must not be added. */
void web_close(CURLM *multi, CURL *easy);

/* Runs the one transfer that was added to `multi` to its end. Returns true with its `*result`, or
 * false within 200 ms once `*cancel` becomes true. The multi interface, because it can be woken
 * while it waits. */
bool web_perform(CURLM *multi, const atomic_bool *cancel, CURLcode *result);

/* Returns the Retry-After of the answer that `easy` got, a date or seconds (RFC 9110), in
 * milliseconds and at most WEB_RETRY_AFTER_MAX_SECONDS; seconds may have a fraction. A time that
 * has come is a millisecond; 0: there was none. */
uint32_t web_retry_after_ms(CURL *easy);

#endif
