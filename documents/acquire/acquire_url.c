/* Documents from the web, from addresses that strangers chose: see documents/acquire/network.h. */
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/memory.h"
#include "documents/acquire/acquire_transfer.h"

enum { REDIRECTS_MAX = 5, URL_SIZE_MAX = 8192 };

struct url_fetcher {
    transfer_t *transfer;
};

url_fetcher_t *
url_fetcher_new(const network_set_t *allowed, uint32_t connect_ms)
{
    url_fetcher_t *self = memory_new(sizeof *self);
    self->transfer =
        transfer_new(&(transfer_options_t){allowed, connect_ms, .redirects = REDIRECTS_MAX});
    return self;
}

void
url_fetcher_destroy(url_fetcher_t **self_p)
{
    url_fetcher_t *self = *self_p;
    if (self == NULL)
        return;
    transfer_destroy(&self->transfer);
    free(self);
    *self_p = NULL;
}

/* Says what is wrong with an address before libcurl is asked, in words that fit. */
static error_type_t
s_check_url(const char *url, failure_t *failure)
{
    CURLU *parts = curl_url();
    char *scheme = NULL;
    error_type_t type = ERROR_NONE;
    if (curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK ||
        curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) != CURLUE_OK)
        type = failure_set(failure, ERROR_NOT_FOUND, "this is not a valid http or https address");
    else if (strcasecmp(scheme, "http") != 0 && strcasecmp(scheme, "https") != 0)
        type = failure_set(failure, ERROR_FORBIDDEN,
                           "only http and https addresses are fetched, not %s%s", scheme,
                           strcasecmp(scheme, "s3") == 0 ? ", whose file_source_type is s3" : "");
    curl_free(scheme);
    curl_url_cleanup(parts);
    return type;
}

static error_type_t
s_request(url_fetcher_t *self, const transfer_request_t *request, const fetch_t *what,
          buffer_t *out, transfer_answer_t *answer, failure_t *failure)
{
    error_type_t type = transfer_run(self->transfer, request, what, out, answer, failure);
    return type == ERROR_NONE ? transfer_judge(answer, failure) : type;
}

static error_type_t
s_fetch(url_fetcher_t *self, const char *url, const fetch_t *what, buffer_t *out,
        transfer_answer_t *answer, failure_t *failure)
{
    transfer_request_t request = {.url = url, .is_head = what->is_check};
    error_type_t type = s_check_url(url, failure);
    if (type == ERROR_NONE)
        type = s_request(self, &request, what, out, answer, failure);
    if (!request.is_head || (answer->code != 405 && answer->code != 501))
        return type;
    *failure = (failure_t){0}; /* it knows no HEAD */
    request.is_head = false;
    return s_request(self, &request, what, out, answer, failure);
}

error_type_t
url_fetcher_fetch(url_fetcher_t *self, const fetch_t *what, buffer_t *out, acquire_facts_t *facts,
                  failure_t *failure)
{
    slice_t path = what->path;
    if (path.size == 0 || path.size > URL_SIZE_MAX || memchr(path.data, '\0', path.size))
        return failure_set(failure, ERROR_NOT_FOUND, "this is not a valid http or https address");
    char *url = slice_copy(path);
    transfer_answer_t answer = {0};
    error_type_t type = s_fetch(self, url, what, out, &answer, failure);
    if (type == ERROR_NONE)
        *facts = answer.facts;
    transfer_answer_free(&answer);
    free(url);
    return type;
}
