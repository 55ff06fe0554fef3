/* SPDX-License-Identifier: EUPL-1.2 */
/* libcurl speaks; this file narrows what it may do and maps how it can fail. */

#include "fetch/fetch.h"

#include "fetch/address.h"

#include <curl/curl.h>
#include <pthread.h>

enum {
    TIMEOUT_MS = 10000,
    BYTES_MOST = 1 << 20,
    URL_BYTES_MOST = 2048,
    TYPE_BYTES_MOST = 200,
};

struct fetch {
    CURL *curl;
    arena *home;
    size_t bytes_most;
    buf *body; /* of the exchange under way */
    bool is_too_long;
    bool is_public_only;
    bool is_private; /* the address of the exchange under way */
    char reason[CURL_ERROR_SIZE];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void library_init(void)
{
    BUG_IF(curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK);
}

#define SET(option, value) BUG_IF(curl_easy_setopt(f->curl, (option), (value)) != CURLE_OK)

/* Taking less than was offered makes libcurl break off. */
static size_t body_part(char *at, size_t one, size_t n, void *to)
{
    (void)one;
    fetch *f = to;
    f->is_too_long = n > f->bytes_most - f->body->n;
    if (f->is_too_long)
        return 0;
    buf_put(f->body, (str){at, n});
    return n;
}

/* Asked with the address that was resolved, so that no name can lead elsewhere a moment later. */
static curl_socket_t open_public(void *arg, curlsocktype purpose, struct curl_sockaddr *to)
{
    fetch *f = arg;
    (void)purpose;
    f->is_private = !address_is_public(&to->addr);
    return f->is_private ? CURL_SOCKET_BAD : socket(to->family, to->socktype, to->protocol);
}

fetch *fetch_open(const fetch_options *options)
{
    BUG_IF(pthread_once(&once, library_init) != 0);
    arena *home = arena_open(1 << 16);
    fetch *f = arena_new(home, fetch);
    *f = (fetch){.home = home, .curl = curl_easy_init()};
    BUG_IF(!f->curl);
    f->bytes_most = options->bytes_most ? options->bytes_most : BYTES_MOST;
    long timeout_ms = options->timeout_ms ? options->timeout_ms : TIMEOUT_MS;
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    if (options->ca_file.n > 0) {
        SET(CURLOPT_CAINFO, arena_cstr(home, options->ca_file));
        SET(CURLOPT_CAPATH, NULL);
    }
    f->is_public_only = options->is_public_only;
    if (f->is_public_only) {
        SET(CURLOPT_OPENSOCKETFUNCTION, open_public);
        SET(CURLOPT_OPENSOCKETDATA, f);
    }
    SET(CURLOPT_TIMEOUT_MS, timeout_ms);
    SET(CURLOPT_CONNECTTIMEOUT_MS, timeout_ms);
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_PROXY, ""); /* whatever the environment says */
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_USERAGENT, "undersigned");
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_WRITEFUNCTION, body_part);
    SET(CURLOPT_WRITEDATA, f);
    SET(CURLOPT_ERRORBUFFER, f->reason);
    return f;
}

void fetch_close(fetch *f)
{
    if (!f)
        return;
    curl_easy_cleanup(f->curl);
    arena_close(f->home);
}

str fetch_reason(const fetch *f)
{
    return str_of(f->reason);
}

/* libcurl would repair much; an address that needs it is refused. */
static err url_check(str url)
{
    str rest, path;
    if (str_starts(url, S("https://")))
        rest = str_skip(url, 8);
    else if (str_starts(url, S("http://")))
        rest = str_skip(url, 7);
    else
        return ERR_INVALID;
    str host = str_cut(rest, '/', &path);
    if (url.n > URL_BYTES_MOST || host.n == 0 || host.at[0] == ':' || str_find(host, '@') < host.n)
        return ERR_INVALID;
    for (size_t i = 0; i < url.n; i++)
        if (url.at[i] <= 0x20 || url.at[i] >= 0x7F || strchr("#\\\"<>^`{|}", url.at[i]))
            return ERR_INVALID;
    return OK;
}

static err outcome_of(const fetch *f, CURLcode result)
{
    if (result == CURLE_OK)
        return OK;
    if (f->is_too_long)
        return ERR_LIMIT;
    if (f->is_private)
        return ERR_DENIED;
    if (result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CACERT_BADFILE ||
        result == CURLE_SSL_ISSUER_ERROR || result == CURLE_SSL_INVALIDCERTSTATUS)
        return ERR_DENIED;
    if (result == CURLE_COULDNT_RESOLVE_HOST || result == CURLE_COULDNT_CONNECT ||
        result == CURLE_OPERATION_TIMEDOUT)
        return ERR_BUSY;
    return result == CURLE_URL_MALFORMAT ? ERR_INVALID : ERR_IO;
}

static err exchange(fetch *f, arena *a, str url, fetched *out_reply)
{
    buf body = buf_in(a);
    f->body = &body;
    f->is_too_long = f->is_private = false;
    f->reason[0] = '\0';
    if (url_check(url) != OK || (f->is_public_only && !str_starts(url, S("https://")))) {
        snprintf(f->reason, sizeof f->reason, "not an address that can be asked");
        return ERR_INVALID;
    }
    SET(CURLOPT_URL, arena_cstr(a, url));
    CURLcode result = curl_easy_perform(f->curl);
    f->body = NULL;
    if (result != CURLE_OK) {
        if (f->is_too_long)
            snprintf(f->reason, sizeof f->reason, "the reply is longer than %zu bytes",
                     f->bytes_most);
        else if (f->is_private)
            snprintf(f->reason, sizeof f->reason, "the address is not a public one");
        else if (!f->reason[0])
            snprintf(f->reason, sizeof f->reason, "%s", curl_easy_strerror(result));
        return outcome_of(f, result);
    }
    long status = 0;
    const char *type = NULL;
    BUG_IF(curl_easy_getinfo(f->curl, CURLINFO_RESPONSE_CODE, &status) != CURLE_OK ||
           curl_easy_getinfo(f->curl, CURLINFO_CONTENT_TYPE, &type) != CURLE_OK);
    *out_reply = (fetched){.status = (int)status,
                           .type = arena_copy(a, str_head(str_of(type), TYPE_BYTES_MOST)),
                           .body = buf_str(&body)};
    return OK;
}

err fetch_get(fetch *f, arena *a, str url, fetched *out_reply)
{
    SET(CURLOPT_HTTPGET, 1L);
    SET(CURLOPT_HTTPHEADER, NULL);
    return exchange(f, a, url, out_reply);
}

err fetch_post(fetch *f, arena *a, str url, str content_type, str body, fetched *out_reply)
{
    return fetch_post_with(f, a, url, content_type, &(str_list){NULL, 0}, body, out_reply);
}

err fetch_post_with(fetch *f, arena *a, str url, str content_type, const str_list *more, str body,
                    fetched *out_reply)
{
    BUG_IF(content_type.n == 0 || str_find(content_type, '\n') < content_type.n);
    struct curl_slist *lines = curl_slist_append(
        NULL, arena_cstr(a, arena_printf(a, "Content-Type: %.*s", STR_FMT(content_type))));
    /* Without it a long body would wait for a 100 that many servers never send. */
    struct curl_slist *both = curl_slist_append(lines, "Expect:");
    BUG_IF(!lines || !both);
    for (size_t i = 0; i < more->n; i++) {
        BUG_IF(str_find(more->at[i], '\n') < more->at[i].n);
        BUG_IF(!curl_slist_append(both, arena_cstr(a, more->at[i])));
    }
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.n);
    SET(CURLOPT_POSTFIELDS, body.n ? body.at : "");
    SET(CURLOPT_HTTPHEADER, both);
    err e = exchange(f, a, url, out_reply);
    SET(CURLOPT_HTTPHEADER, NULL);
    SET(CURLOPT_POSTFIELDS, NULL);
    curl_slist_free_all(both);
    return e;
}
