#include "base/clock.h"
#include "base/text.h"
#include "commands/doctor.h"
#include "core/ports.h"
#include "outbound/certificate.h"
#include "outbound/outbound.h"
#include <string.h>

enum {
    DAY_S = 24 * 3600,
    SIGNATURE_DAYS_MAX = 3,
    CERTIFICATE_DAYS_MIN = 21, /* a renewal that works comes at thirty */
};

static bool is_public(const struct app *app) {
    return text_starts_with(app->config.public_url, "https://");
}

/* --- mail */

static void send_mail(const struct doctor_subject *subject, struct arena *arena,
                      struct doctor_finding *out) {
    const struct ports *ports = subject->app->services.ports;
    char id[UUID_TEXT_BYTES];
    const char *reason = NULL;
    text_new_uuid(id);
    const struct mail mail = {
        .id = id,
        .recipient = subject->mail,
        .subject = "Guichet : essai",
        .text = "Ce message a été envoyé par « guichet doctor ».\n",
        .html = "<p>Ce message a été envoyé par « guichet doctor ».</p>\n",
    };
    if (ports->mail_send(ports->mail_state, arena, &mail, &reason) != ERR_NONE) {
        doctor_say(out, DOCTOR_WRONG, reason,
                   "GUICHET_MAIL_FROM: may this login send as this address, and to that one?");
    } else if (out->state == DOCTOR_GOOD) {
        out->found = arena_printf(arena, "%s, a mail was taken", out->found);
    }
}

void doctor_check_mail(const struct doctor_subject *subject, struct arena *arena,
                       struct doctor_finding *out) {
    const char *said = NULL;
    const enum err err = outbound_try_mail(subject->app->outbound, arena, &said);
    if (err == ERR_NOT_FOUND) {
        doctor_say(out, DOCTOR_OFF,
                   arena_printf(arena, "mails are files in %s/mail", subject->app->config.data_dir),
                   "set GUICHET_SMTP_URL to send them");
    } else if (err != ERR_NONE) {
        doctor_say(out, DOCTOR_WRONG, said,
                   "GUICHET_SMTP_URL, GUICHET_SMTP_CA_FILE, GUICHET_SMTP_USER, "
                   "GUICHET_SMTP_PASSWORD: are they those of the mail server, and does it offer "
                   "STARTTLS?");
        return;
    } else {
        doctor_say(out, DOCTOR_GOOD, said, NULL);
    }
    if (subject->mail != NULL) {
        send_mail(subject, arena, out);
    }
}

/* --- log-in */

void doctor_check_oidc(const struct doctor_subject *subject, struct arena *arena,
                       struct doctor_finding *out) {
    const char *said = NULL;
    const enum err err = outbound_try_oidc(subject->app->outbound, arena, &said);
    if (err == ERR_NOT_FOUND) {
        doctor_say(out, DOCTOR_OFF, "people log in by password alone", NULL);
    } else {
        doctor_say(out, err == ERR_NONE ? DOCTOR_GOOD : DOCTOR_WRONG, said,
                   err == ERR_NONE ? NULL
                                   : "GUICHET_OIDC_ISSUER: does it end as the provider writes it, "
                                     "and may this machine call it?");
    }
}

/* --- scanner */

void doctor_check_scanner(const struct doctor_subject *subject, struct arena *arena,
                          struct doctor_finding *out) {
    const char *version = NULL;
    int64_t signed_at_s = -1;
    const enum err err =
        outbound_try_scanner(subject->app->outbound, arena, &version, &signed_at_s);
    const int days = (int)((clock_now_ms() / 1000 - signed_at_s) / DAY_S);
    if (err == ERR_NOT_FOUND) {
        doctor_say(out, is_public(subject->app) ? DOCTOR_WARNING : DOCTOR_OFF,
                   "files are not scanned for viruses", "set GUICHET_CLAMAV");
    } else if (err != ERR_NONE) {
        doctor_say(out, DOCTOR_WRONG,
                   arena_printf(arena, "nobody answers PING at %s", subject->app->config.clamav),
                   "GUICHET_CLAMAV: does clamav-daemon run, and may the program reach its socket? "
                   "Until then no file can be uploaded");
    } else if (signed_at_s < 0) {
        doctor_say(out, DOCTOR_WARNING,
                   arena_printf(arena, "%s, without ClamAV's signatures", version),
                   "run freshclam");
    } else {
        const bool is_old = days > SIGNATURE_DAYS_MAX;
        doctor_say(out, is_old ? DOCTOR_WARNING : DOCTOR_GOOD,
                   arena_printf(arena, "signatures of %d days ago", days),
                   is_old ? "does clamav-freshclam run?" : NULL);
    }
}

/* --- the public address */

static void judge_days(struct arena *arena, int64_t expires_at_s, int status,
                       struct doctor_finding *out) {
    static const char RENEW[] = "renew the certificate; is the renewal (certbot.timer) alive?";
    const int days = (int)((expires_at_s - clock_now_ms() / 1000) / DAY_S);
    if (status != 200) {
        doctor_say(
            out, DOCTOR_WRONG, arena_printf(arena, "/health/live answers %d", status),
            "GUICHET_PUBLIC_URL: does it lead to this program? Look at the log of the proxy");
    } else if (expires_at_s < 0) {
        doctor_say(out, DOCTOR_WARNING, "valid, its end is not known", NULL);
    } else {
        const bool is_soon = days < CERTIFICATE_DAYS_MIN;
        doctor_say(out, is_soon ? DOCTOR_WARNING : DOCTOR_GOOD,
                   arena_printf(arena, "valid, %d days left", days), is_soon ? RENEW : NULL);
    }
}

void doctor_check_certificate(const struct doctor_subject *subject, struct arena *arena,
                              struct doctor_finding *out) {
    int64_t expires_at_s = -1;
    int status = 0;
    const char *reason = NULL;
    if (!is_public(subject->app)) {
        doctor_say(out, DOCTOR_OFF, "the public address is not https", NULL);
        return;
    }
    const char *url = arena_printf(arena, "%s/health/live", subject->app->config.public_url);
    const enum err err =
        certificate_try(arena, &subject->app->config, url, &expires_at_s, &status, &reason);
    if (err == ERR_UPSTREAM) {
        doctor_say(
            out, DOCTOR_WRONG, reason,
            "the proxy is to show the whole chain (fullchain.pem), for the name of "
            "GUICHET_PUBLIC_URL, and not beyond its end; GUICHET_CA_FILE holds authorities of "
            "your own");
    } else if (err != ERR_NONE) {
        doctor_say(out, DOCTOR_WRONG, reason,
                   "GUICHET_PUBLIC_URL: does its name lead to the proxy, and does that run? This "
                   "machine may have to be let through");
    } else {
        judge_days(arena, expires_at_s, status, out);
    }
}

/* --- providers */

void doctor_check_provider(const struct doctor_subject *subject, struct arena *arena,
                           struct doctor_finding *out) {
    const char *said = NULL;
    const enum err err =
        gateway_try_remote(subject->app->gateway, arena, &subject->provider, &said);
    doctor_say(
        out, err == ERR_NONE ? DOCTOR_GOOD : DOCTOR_WRONG, said,
        err == ERR_NONE ? NULL
        : err == ERR_FORBIDDEN
            ? "GUICHET_PROVIDERS_FILE: the provider refuses these credentials"
            : "GUICHET_PROVIDERS_FILE: is its base_url right, and may this machine call it?");
}

/* Those that the sandbox stands for, together. */
void doctor_check_sandbox(const struct doctor_subject *subject, struct arena *arena,
                          struct doctor_finding *out) {
    struct gateway_provider_name *remote = NULL;
    size_t count = 0;
    size_t sandboxed = 0;
    gateway_list_remote(subject->app->gateway, arena, &remote, &count, &sandboxed);
    const bool is_alarming = sandboxed > 0 && is_public(subject->app);
    doctor_say(
        out,
        is_alarming     ? DOCTOR_WARNING
        : sandboxed > 0 ? DOCTOR_OFF
                        : DOCTOR_GOOD,
        arena_printf(arena, "%zu providers are called, %zu answer sample data", count, sandboxed),
        is_alarming ? "GUICHET_PROVIDERS_FILE: give each provider its base_url" : NULL);
}
