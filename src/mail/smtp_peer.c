/* SPDX-License-Identifier: EUPL-1.2 */
/* Test support: see smtp_peer.h. Real sockets and real TLS, so that what is tested is the client's
 * verification and not a stand-in for it. */

#include "mail/smtp_peer.h"
#include "base/base.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <unistd.h>

struct smtp_peer {
    smtp_peer_plan plan;
    SSL_CTX *tls;
    int listener;
    int port;
    pthread_t thread;
    atomic_bool is_ending;
    atomic_int socket;
    atomic_int connections;
    atomic_int messages;
    SSL *secure;
    char commands[8192];
    size_t commands_n;
};

static void certificate_make(smtp_peer *peer, const char *ca_path)
{
    EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    X509 *certificate = X509_new();
    BUG_IF(!key || !certificate);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"test", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    char alternative[128];
    snprintf(alternative, sizeof(alternative), "DNS:%s", peer->plan.certificate_for);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, alternative);
    X509_add_ext(certificate, names, -1);
    X509_EXTENSION_free(names);
    BUG_IF(X509_sign(certificate, key, EVP_sha256()) == 0);
    peer->tls = SSL_CTX_new(TLS_server_method());
    BUG_IF(SSL_CTX_use_certificate(peer->tls, certificate) != 1);
    BUG_IF(SSL_CTX_use_PrivateKey(peer->tls, key) != 1);
    FILE *file = fopen(ca_path, "w");
    BUG_IF(!file || PEM_write_X509(file, certificate) != 1 || fclose(file) != 0);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static bool say(smtp_peer *peer, const char *text)
{
    int n = (int)strlen(text);
    if (peer->secure)
        return SSL_write(peer->secure, text, n) == n;
    return send(peer->socket, text, (size_t)n, MSG_NOSIGNAL) == n;
}

static bool hear(smtp_peer *peer, char *line, size_t room)
{
    for (size_t n = 0; n + 1 < room;) {
        ssize_t got =
            peer->secure ? SSL_read(peer->secure, line + n, 1) : recv(peer->socket, line + n, 1, 0);
        if (got != 1)
            return false;
        n++;
        if (line[n - 1] == '\n') {
            line[n] = '\0';
            return true;
        }
    }
    return false;
}

static bool tls_begin(smtp_peer *peer)
{
    peer->secure = SSL_new(peer->tls);
    SSL_set_fd(peer->secure, peer->socket);
    return SSL_accept(peer->secure) == 1;
}

static bool hello(smtp_peer *peer)
{
    bool is_clear = !peer->secure;
    if (!say(peer, "250-peer.test\r\n"))
        return false;
    if (is_clear && peer->plan.offers_starttls && !say(peer, "250-STARTTLS\r\n"))
        return false;
    if (peer->plan.login && !say(peer, "250-AUTH PLAIN\r\n"))
        return false;
    bool in_clear_only = is_clear && peer->plan.offers_starttls;
    if ((in_clear_only ? peer->plan.offers_utf8_in_clear : peer->plan.offers_utf8) &&
        !say(peer, "250-SMTPUTF8\r\n"))
        return false;
    return say(peer, "250 8BITMIME\r\n");
}

static bool data(smtp_peer *peer)
{
    char line[2048];
    if (!say(peer, "354 go on\r\n"))
        return false;
    while (hear(peer, line, sizeof(line)))
        if (strcmp(line, ".\r\n") == 0) {
            peer->messages++;
            return say(peer, "250 kept\r\n");
        }
    return false;
}

static bool login(smtp_peer *peer, const char *line, bool *is_in)
{
    const char *given = strrchr(line, ' ') + 1;
    size_t n = strlen(peer->plan.login);
    char next[512];
    if (strcmp(line, "AUTH PLAIN\r\n") == 0) {
        if (!say(peer, "334 \r\n") || !hear(peer, next, sizeof(next)))
            return false;
        given = next;
    }
    *is_in = strncmp(given, peer->plan.login, n) == 0 && given[n] == '\r';
    return say(peer, *is_in ? "235 welcome\r\n" : "535 no\r\n");
}

static bool command(smtp_peer *peer, const char *line, bool *is_in)
{
    if (strncmp(line, "EHLO", 4) == 0)
        return hello(peer);
    if (strncmp(line, "STARTTLS", 8) == 0)
        return say(peer, "220 ready\r\n") && tls_begin(peer);
    if (strncmp(line, "AUTH", 4) == 0 && peer->plan.login)
        return login(peer, line, is_in);
    if (strncmp(line, "QUIT", 4) == 0)
        return say(peer, "221 bye\r\n") && false;
    if (!*is_in)
        return say(peer, "530 log in first\r\n");
    if (strncmp(line, "DATA", 4) == 0)
        return data(peer);
    return say(peer, "250 ok\r\n");
}

static void converse(smtp_peer *peer)
{
    char line[2048];
    bool is_in = !peer->plan.login;
    if (peer->plan.tls_at_once && !tls_begin(peer))
        return;
    if (!say(peer, peer->plan.greeting ? peer->plan.greeting : "220 peer.test\r\n"))
        return;
    while (hear(peer, line, sizeof(line))) {
        size_t n = strlen(line);
        if (peer->commands_n + n < sizeof(peer->commands)) {
            memcpy(peer->commands + peer->commands_n, line, n + 1);
            peer->commands_n += n;
        }
        if (!command(peer, line, &is_in))
            return;
    }
}

static void *run(void *from)
{
    smtp_peer *peer = from;
    while (!peer->is_ending) {
        int socket = accept(peer->listener, NULL, NULL);
        if (socket < 0)
            continue;
        peer->commands_n = 0;
        peer->commands[0] = '\0';
        peer->socket = socket;
        peer->connections++;
        if (!peer->is_ending)
            converse(peer);
        if (peer->secure)
            SSL_free(peer->secure);
        peer->secure = NULL;
        peer->socket = -1;
        close(socket);
    }
    return NULL;
}

smtp_peer *smtp_peer_open(const smtp_peer_plan *plan, const char *ca_path)
{
    smtp_peer *peer = calloc(1, sizeof(*peer));
    BUG_IF(!peer);
    peer->plan = *plan;
    peer->socket = -1;
    if (!peer->plan.certificate_for)
        peer->plan.certificate_for = "localhost";
    certificate_make(peer, ca_path);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof(address);
    peer->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    BUG_IF(peer->listener < 0 || bind(peer->listener, (struct sockaddr *)&address, n) != 0 ||
           listen(peer->listener, 8) != 0 ||
           getsockname(peer->listener, (struct sockaddr *)&address, &n) != 0);
    peer->port = ntohs(address.sin_port);
    BUG_IF(pthread_create(&peer->thread, NULL, run, peer) != 0);
    return peer;
}

int smtp_peer_port(const smtp_peer *peer)
{
    return peer->port;
}

int smtp_peer_connections(const smtp_peer *peer)
{
    return peer->connections;
}

int smtp_peer_messages(const smtp_peer *peer)
{
    return peer->messages;
}

const char *smtp_peer_commands(const smtp_peer *peer)
{
    return peer->commands;
}

void smtp_peer_drop(smtp_peer *peer)
{
    int socket = peer->socket;
    if (socket >= 0)
        shutdown(socket, SHUT_RDWR);
}

void smtp_peer_close(smtp_peer *peer)
{
    peer->is_ending = true;
    smtp_peer_drop(peer);
    shutdown(peer->listener, SHUT_RDWR);
    pthread_join(peer->thread, NULL);
    close(peer->listener);
    SSL_CTX_free(peer->tls);
    free(peer);
}
