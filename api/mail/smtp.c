#include "mail/smtp.h"
#include "base/text.h"
#include "mail/mail_message.h"
#include <curl/curl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { CONNECT_TIMEOUT_MS = 10000, TIMEOUT_MS = 60000, TRY_TIMEOUT_MS = 8000 };

struct smtp {
    const struct config *config;
    pthread_mutex_t lock;
    CURL *handle;
};

struct upload {
    const char *text;
    size_t left;
    bool started;           /* part of the message was sent */
    bool recipient_asked;   /* the command under way is RCPT */
    bool recipient_refused; /* its answer was 5xx */
};

static bool url_is_loopback(struct arena *arena, const char *url) {
    const char *host = strstr(url, "://");
    if (host == NULL) {
        return false;
    }
    host += 3;
    return config_is_loopback(arena_strndup(arena, host, strcspn(host, ":/"))) ||
           text_starts_with(host, "[::1]");
}

enum err smtp_new(const struct config *config, struct field_errors *errors, struct smtp **out) {
    const char *url = config->smtp_url;
    if (!text_starts_with(url, "smtp://") && !text_starts_with(url, "smtps://")) {
        field_errors_add(errors, "GUICHET_SMTP_URL", "invalid_format",
                         "GUICHET_SMTP_URL: smtp:// or smtps:// is expected");
        return ERR_INVALID;
    }
    if (!config->smtp_starttls && text_starts_with(url, "smtp://") &&
        !url_is_loopback(errors->arena, url)) {
        field_errors_add(errors, "GUICHET_SMTP_STARTTLS", "not_allowed",
                         "GUICHET_SMTP_STARTTLS=off is refused unless the server is on loopback");
        return ERR_INVALID;
    }
    struct smtp *smtp = calloc(1, sizeof *smtp);
    CURL *handle = smtp == NULL ? NULL : curl_easy_init();
    if (handle == NULL) {
        free(smtp);
        return err_internal("no memory");
    }
    smtp->config = config;
    smtp->handle = handle;
    (void)pthread_mutex_init(&smtp->lock, NULL);
    *out = smtp;
    return ERR_NONE;
}

void smtp_free(struct smtp *smtp) {
    if (smtp != NULL) {
        curl_easy_cleanup(smtp->handle);
        (void)pthread_mutex_destroy(&smtp->lock);
        free(smtp);
    }
}

static size_t on_read(char *out, size_t size, size_t count, void *context) {
    struct upload *upload = context;
    const size_t room = size * count;
    const size_t length = upload->left < room ? upload->left : room;
    memcpy(out, upload->text, length);
    upload->started = true;
    upload->text += length;
    upload->left -= length;
    return length;
}

static size_t on_answer(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    (void)context;
    return size * count;
}

/* Follows the dialogue: a 5xx to RCPT is about the recipient, any other is not. */
static int on_debug(CURL *handle, curl_infotype type, char *bytes, size_t length, void *context) {
    (void)handle;
    struct upload *upload = context;
    if (type == CURLINFO_HEADER_OUT) {
        upload->recipient_asked = length >= 8 && strncmp(bytes, "RCPT TO:", 8) == 0;
    } else if (type == CURLINFO_HEADER_IN && upload->recipient_asked && length > 0) {
        upload->recipient_refused = bytes[0] == '5';
    }
    return 0;
}

static void set_server(CURL *handle, const struct config *config) {
    curl_easy_setopt(handle, CURLOPT_URL, config->smtp_url);
    curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_TIMEOUT_MS);
    curl_easy_setopt(handle, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_USE_SSL,
                     config->smtp_starttls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
    if (*config->smtp_ca_file != '\0') {
        curl_easy_setopt(handle, CURLOPT_CAINFO, config->smtp_ca_file);
    }
    if (*config->smtp_user != '\0') {
        curl_easy_setopt(handle, CURLOPT_USERNAME, config->smtp_user);
        curl_easy_setopt(handle, CURLOPT_PASSWORD, config->smtp_password);
    }
    curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_answer);
}

static void set_upload(CURL *handle, struct upload *upload) {
    curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(handle, CURLOPT_READFUNCTION, on_read);
    curl_easy_setopt(handle, CURLOPT_READDATA, upload);
    curl_easy_setopt(handle, CURLOPT_INFILESIZE_LARGE, (curl_off_t)upload->left);
    curl_easy_setopt(handle, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(handle, CURLOPT_DEBUGFUNCTION, on_debug);
    curl_easy_setopt(handle, CURLOPT_DEBUGDATA, upload);
}

static CURLcode perform_once(struct smtp *smtp, const char *sender, struct curl_slist *recipients,
                             const char *message, struct upload *upload) {
    *upload = (struct upload){.text = message, .left = strlen(message)};
    curl_easy_reset(smtp->handle); /* keeps the connection */
    set_server(smtp->handle, smtp->config);
    set_upload(smtp->handle, upload);
    curl_easy_setopt(smtp->handle, CURLOPT_MAIL_FROM, sender);
    curl_easy_setopt(smtp->handle, CURLOPT_MAIL_RCPT, recipients);
    return curl_easy_perform(smtp->handle);
}

static enum err perform(struct smtp *smtp, struct arena *arena, const char *sender,
                        struct curl_slist *recipients, const char *message, const char **reason) {
    struct upload upload;
    long status = 0;
    long connects = 0;
    CURLcode code = perform_once(smtp, sender, recipients, message, &upload);
    (void)curl_easy_getinfo(smtp->handle, CURLINFO_NUM_CONNECTS, &connects);
    if (code != CURLE_OK && connects == 0 && !upload.started && !upload.recipient_refused) {
        /* The server had closed the kept connection before anything of the mail was sent. */
        code = perform_once(smtp, sender, recipients, message, &upload);
    }
    if (code == CURLE_OK) {
        return ERR_NONE;
    }
    (void)curl_easy_getinfo(smtp->handle, CURLINFO_RESPONSE_CODE, &status);
    *reason = arena_printf(
        arena, "smtp: %s (last answer %ld)",
        upload.recipient_refused ? "recipient refused" : curl_easy_strerror(code), status);
    return upload.recipient_refused ? ERR_INVALID : ERR_UNAVAILABLE;
}

enum err smtp_send(struct smtp *smtp, struct arena *arena, const char *recipient,
                   const char *message, const char **reason) {
    const char *from = NULL;
    const char *to = NULL;
    *reason = "bad address";
    TRY(mail_parse_mailbox(arena, smtp->config->mail_from, &from));
    TRY(mail_parse_address(arena, recipient, &to));
    struct curl_slist *recipients = curl_slist_append(NULL, arena_printf(arena, "<%s>", to));
    if (recipients == NULL) {
        return ERR_UNAVAILABLE;
    }
    (void)pthread_mutex_lock(&smtp->lock);
    const enum err e =
        perform(smtp, arena, arena_printf(arena, "<%s>", from), recipients, message, reason);
    (void)pthread_mutex_unlock(&smtp->lock);
    curl_slist_free_all(recipients);
    return e;
}

enum err smtp_try(struct smtp *smtp, struct arena *arena, const char **said) {
    char detail[CURL_ERROR_SIZE] = "";
    long status = 0;
    (void)pthread_mutex_lock(&smtp->lock);
    curl_easy_reset(smtp->handle);
    set_server(smtp->handle, smtp->config);
    curl_easy_setopt(smtp->handle, CURLOPT_CONNECTTIMEOUT_MS, (long)TRY_TIMEOUT_MS);
    curl_easy_setopt(smtp->handle, CURLOPT_TIMEOUT_MS, (long)TRY_TIMEOUT_MS);
    curl_easy_setopt(smtp->handle, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(smtp->handle, CURLOPT_CUSTOMREQUEST, "NOOP");
    curl_easy_setopt(smtp->handle, CURLOPT_ERRORBUFFER, detail);
    const CURLcode code = curl_easy_perform(smtp->handle);
    (void)curl_easy_getinfo(smtp->handle, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_reset(smtp->handle); /* `detail` ends here */
    (void)pthread_mutex_unlock(&smtp->lock);
    *said = code == CURLE_OK
                ? arena_printf(arena, "%s, %s", smtp->config->smtp_starttls ? "TLS" : "without TLS",
                               *smtp->config->smtp_user != '\0' ? "log-in accepted" : "no log-in")
                : arena_printf(arena, "%s (last answer %ld)",
                               *detail != '\0' ? detail : curl_easy_strerror(code), status);
    return code == CURLE_OK ? ERR_NONE : ERR_UNAVAILABLE;
}
