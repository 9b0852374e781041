#include "http/library.h"
#include "base/log.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

void library_log(void *cls, const char *format, va_list arguments) {
    (void)cls;
    (void)arguments;
    log_debug(LOG_HTTP_LIBRARY, LOG_TEXT("message", format));
}

const char *library_peer_address(struct MHD_Connection *connection) {
    static _Thread_local char text[INET6_ADDRSTRLEN];
    if (*text != '\0') {
        return text;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    if (info == NULL || info->client_addr == NULL) {
        return text;
    }
    if (info->client_addr->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)info->client_addr;
        inet_ntop(AF_INET, &v4->sin_addr, text, INET6_ADDRSTRLEN);
    } else if (info->client_addr->sa_family == AF_INET6) {
        const struct sockaddr_in6 *v6 =
            (const struct sockaddr_in6 *)(const void *)info->client_addr;
        inet_ntop(AF_INET6, &v6->sin6_addr, text, INET6_ADDRSTRLEN);
    }
    return text;
}
