#ifndef GUICHET_ACCOUNT_LOGIN_COOKIES_H
#define GUICHET_ACCOUNT_LOGIN_COOKIES_H
/* The cookies of a log-in: of the session, and of the device that is known from then on (account/device.h). */
#include "account/login.h"
#include "http/exchange.h"

struct login_browser login_cookies_read(const struct exchange *exchange);
/* `device` may be NULL: the cookie stays as it was. */
void login_cookies_set_device(struct exchange *exchange, const char *device);
void login_cookies_set(struct exchange *exchange, const struct login_cookies *cookies);

#endif
