#include "tests/documents/http_server.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"

struct http_server {
    int listener;
    unsigned port;
    pthread_t thread;
    atomic_bool *cancelled;
    atomic_uint requests;
    atomic_uint unchanged;
};

typedef struct {
    const char *path;
    const char *answer;
} route_t;

static const route_t ROUTES[] = {
    {"/ok", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"},
    {"/text", "HTTP/1.1 200 OK\r\nContent-Length: 104\r\nConnection: close\r\n\r\n"
              "The observatory moved its radio telescope. Radio telescopes hear galaxies; "
              "the telescope hears galaxies."},
    {"/typed", "HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Length: 5\r\n"
               "Connection: close\r\n\r\nhello"},
    {"/no-head", "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n"
                 "Connection: close\r\n\r\nhello !"},
    {"/401", "HTTP/1.1 401 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/403", "HTTP/1.1 403 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"},
    {"/404", "HTTP/1.1 404 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"},
    {"/410", "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/418", "HTTP/1.1 418 Teapot\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/304", "HTTP/1.1 304 Same\r\nConnection: close\r\n\r\n"},
    {"/429",
     "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/500", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/503", "HTTP/1.1 503 Later\r\nRetry-After: 120\r\nContent-Length: 0\r\n"
             "Connection: close\r\n\r\n"},
    {"/loop",
     "HTTP/1.1 302 On\r\nLocation: /loop\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/r6", "HTTP/1.1 302 On\r\nLocation: /r5\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/r5", "HTTP/1.1 301 On\r\nLocation: /r4\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/r4", "HTTP/1.1 303 On\r\nLocation: /r3\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/r3", "HTTP/1.1 307 On\r\nLocation: /r2\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/r2", "HTTP/1.1 308 On\r\nLocation: /r1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/r1", "HTTP/1.1 302 On\r\nLocation: /ok\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/private", "HTTP/1.1 302 On\r\nLocation: http://10.255.255.1/\r\nContent-Length: 0\r\n"
                 "Connection: close\r\n\r\n"},
    {"/metadata", "HTTP/1.1 302 On\r\nLocation: http://169.254.169.254/latest/\r\n"
                  "Content-Length: 0\r\nConnection: close\r\n\r\n"},
    {"/file", "HTTP/1.1 302 On\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n"
              "Connection: close\r\n\r\n"},
    {"/large", "HTTP/1.1 200 OK\r\nContent-Length: 1001\r\nConnection: close\r\n\r\nxxx"},
    {"/short", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nxxx"},
    {"/nonsense", "nonsense\r\n\r\n"},
    /* as S3 says it: */
    {"/s3/slow-down", "HTTP/1.1 503 Slow\r\nRetry-After: 3\r\nConnection: close\r\n\r\n"
                      "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code></Error>"},
    {"/s3/broken", "HTTP/1.1 500 Oh\r\nConnection: close\r\n\r\n"
                   "<Error><Code>InternalError</Code></Error>"},
    {"/s3/late", "HTTP/1.1 400 Oh\r\nConnection: close\r\n\r\n"
                 "<Error><Code>RequestTimeout</Code></Error>"},
    {"/s3/nameless", "HTTP/1.1 502 Oh\r\nConnection: close\r\n\r\n<html><Code>"},
    {"/s3/moved", "HTTP/1.1 301 On\r\nLocation: /ok\r\nConnection: close\r\n\r\n"
                  "<Error><Code>PermanentRedirect</Code></Error>"},
    {"/s3/elsewhere",
     "HTTP/1.1 307 On\r\nLocation: /ok\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"},
};

/* 100,000 zero bytes, compressed. */
static const char BOMB[] =
    "\037\213\010\000\000\000\000\000\002\003\355\301\061\001\000\000\000\302\240\365\117\155"
    "\015\017\240\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
    "\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
    "\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
    "\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
    "\000\000\000\000\000\000\000\000\000\000\000\200\127\003\175\225\021\324\240\206\001\000";

static void
s_send(int fd, const char *bytes, size_t size)
{
    send(fd, bytes, size, MSG_NOSIGNAL);
}

/* Waits until the client has had enough. */
static void
s_hold(int fd)
{
    char byte;
    while (recv(fd, &byte, 1, 0) > 0) {
    }
}

static void
s_send_without_end(int fd)
{
    static const char head[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
    char block[100];
    memset(block, 'x', sizeof block);
    s_send(fd, head, sizeof head - 1);
    while (send(fd, block, sizeof block, MSG_NOSIGNAL) > 0) {
    }
}

/* Asks to come again in half a minute, as a date. */
static void
s_send_date(int fd)
{
    char date[64], answer[256];
    time_t then = time(NULL) + 30;
    struct tm parts;
    strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&then, &parts));
    int size = snprintf(answer, sizeof answer,
                        "HTTP/1.1 429 Slow\r\nRetry-After: %s\r\nContent-Length: 0\r\n"
                        "Connection: close\r\n\r\n",
                        date);
    s_send(fd, answer, (size_t) size);
}

static void
s_send_tagged(http_server_t *self, int fd, const char *request)
{
    static const char whole[] = "HTTP/1.1 200 OK\r\nETag: \"v 1\"\r\nContent-Length: 5\r\n"
                                "Connection: close\r\n\r\nhello";
    static const char same[] = "HTTP/1.1 304 Same\r\nETag: \"v 1\"\r\nConnection: close\r\n\r\n";
    if (strstr(request, "\r\nIf-None-Match: \"v 1\"\r\n")) {
        atomic_fetch_add(&self->unchanged, 1);
        s_send(fd, same, sizeof same - 1);
    } else {
        s_send(fd, whole, sizeof whole - 1);
    }
}

static void
s_answer_special(http_server_t *self, int fd, const char *path, const char *request)
{
    static const char gzip[] =
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n";
    static const char begun[] = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nbegun";
    if (strcmp(path, "/endless") == 0)
        s_send_without_end(fd);
    else if (strcmp(path, "/bomb") == 0) {
        s_send(fd, gzip, sizeof gzip - 1);
        s_send(fd, BOMB, sizeof BOMB - 1);
    } else if (strcmp(path, "/slow") == 0) {
        s_send(fd, begun, sizeof begun - 1);
        s_hold(fd);
    } else if (strcmp(path, "/cancel") == 0) {
        atomic_store(self->cancelled, true);
        s_hold(fd);
    } else if (strcmp(path, "/silent") == 0)
        s_hold(fd);
    else if (strcmp(path, "/later") == 0)
        s_send_date(fd);
    else if (strcmp(path, "/tagged") == 0)
        s_send_tagged(self, fd, request);
}

static void
s_send_route(int fd, const route_t *route, bool is_head)
{
    const char *answer = route->answer;
    if (is_head && strcmp(route->path, "/no-head") == 0)
        answer = "HTTP/1.1 405 No\r\nAllow: GET\r\nConnection: close\r\n\r\n";
    const char *body = strstr(answer, "\r\n\r\n");
    s_send(fd, answer, is_head && body ? (size_t) (body - answer) + 4 : strlen(answer));
}

static void
s_serve(http_server_t *self, int fd)
{
    char request[4096] = "";
    size_t size = 0;
    while (strstr(request, "\r\n\r\n") == NULL && size < sizeof request - 1) {
        ssize_t got = recv(fd, request + size, sizeof request - 1 - size, 0);
        if (got <= 0)
            return;
        size += (size_t) got;
        request[size] = '\0';
    }
    char method[8] = "", path[256] = "";
    if (sscanf(request, "%7s %255s", method, path) != 2)
        return;
    bool is_head = strcmp(method, "HEAD") == 0;
    atomic_fetch_add(&self->requests, 1);
    for (size_t i = 0; i < sizeof ROUTES / sizeof ROUTES[0]; i++) {
        if (strcmp(path, ROUTES[i].path) == 0) {
            s_send_route(fd, &ROUTES[i], is_head);
            return;
        }
    }
    s_answer_special(self, fd, path, request);
}

static void *
s_run(void *context)
{
    http_server_t *self = context;
    for (;;) {
        int fd = accept(self->listener, NULL, NULL);
        if (fd < 0)
            return NULL;
        s_serve(self, fd);
        close(fd);
    }
}

http_server_t *
http_server_start(atomic_bool *cancelled)
{
    http_server_t *self = memory_new(sizeof *self);
    self->cancelled = cancelled;
    self->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    if (bind(self->listener, (struct sockaddr *) &address, sizeof address) != 0 ||
        listen(self->listener, 16) != 0 ||
        getsockname(self->listener, (struct sockaddr *) &address, &size) != 0 ||
        pthread_create(&self->thread, NULL, s_run, self) != 0)
        abort();
    self->port = ntohs(address.sin_port);
    return self;
}

unsigned
http_server_port(const http_server_t *self)
{
    return self->port;
}

unsigned
http_server_unchanged(const http_server_t *self)
{
    return atomic_load(&self->unchanged);
}

unsigned
http_server_requests(const http_server_t *self)
{
    return atomic_load(&self->requests);
}

void
http_server_stop(http_server_t **self_p)
{
    http_server_t *self = *self_p;
    shutdown(self->listener, SHUT_RDWR); /* wakes accept */
    pthread_join(self->thread, NULL);
    close(self->listener);
    free(self);
    *self_p = NULL;
}
