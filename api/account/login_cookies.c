#include "account/login_cookies.h"
#include "account/device.h"
#include "http/cookie.h"
#include "http/session_cookie.h"

static const char DEVICE_COOKIE[] = "guichet_device";

struct login_browser login_cookies_read(const struct exchange *exchange) {
    return (struct login_browser){
        .user_agent = request_header(exchange, "User-Agent"),
        .device = cookie_find(exchange, DEVICE_COOKIE, DEVICE_COOKIE_BYTES_MAX)};
}

void login_cookies_set_device(struct exchange *exchange, const char *device) {
    if (device != NULL) {
        cookie_set(exchange, DEVICE_COOKIE, device, DEVICE_LIVES_S);
    }
}

void login_cookies_set(struct exchange *exchange, const struct login_cookies *cookies) {
    session_cookie_set(exchange, cookies->secret, SESSION_LIVES_S);
    login_cookies_set_device(exchange, cookies->device);
}
