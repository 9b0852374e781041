#include "account/account_json.h"
#include "base/clock.h"
#include "core/notification.h"
#include "core/phone.h"
#include "core/reader.h"
#include <string.h>

/* Only bounds the work: the rules for a password are those of security/password_policy. */
enum { PASSWORD_TYPED_BYTES_MAX = 1024 };
enum {
    LINK_BYTES_MAX = 256,
    CODE_BYTES_MAX = 32,
    EMAIL_TYPED_BYTES_MAX = 1024,
    PHONE_TYPED_CHARACTERS_MAX = 40
};

/* Reads an address; the struct is empty where it is wrong. */
static void read_email(struct reader *reader, struct email *out) {
    *out = (struct email){0};
    const char *text = reader_required_secret(reader, "email", EMAIL_TYPED_BYTES_MAX);
    struct email email;
    if (text != NULL &&
        email_parse(reader->errors, reader_pointer(reader, "email"), text, &email) == ERR_NONE) {
        *out = email;
    }
}

static const char *read_phone(struct reader *reader) {
    const char *text = reader_optional_line(reader, "phone", PHONE_TYPED_CHARACTERS_MAX);
    struct phone phone;
    if (text == NULL) {
        return NULL;
    }
    if (!phone_parse(reader->arena, text, &phone)) {
        reader_error(reader, "phone", "invalid_format",
                     "Ce numéro de téléphone n’est pas lisible. Exemple : 01 23 45 67 89.");
        return NULL;
    }
    return phone.shown;
}

static void read_siret(struct reader *reader, const char *name, char out[SIRET_TEXT_BYTES]) {
    const char *text = reader_required_line(reader, name, READER_SHORT_MAX);
    out[0] = '\0';
    if (text != NULL &&
        siret_parse(reader->errors, reader_pointer(reader, name), text, out) != ERR_NONE) {
        out[0] = '\0';
    }
}

void account_json_read_sign_up(struct arena *arena, struct field_errors *errors,
                               const struct value *body, struct sign_up *out) {
    static const char *const KNOWN[] = {"email",     "given_name", "family_name", "siret",
                                        "job_title", "phone",      NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    read_email(&reader, &out->email);
    out->given_name = reader_required_line(&reader, "given_name", READER_SHORT_MAX);
    out->family_name = reader_required_line(&reader, "family_name", READER_SHORT_MAX);
    out->job_title = reader_optional_line(&reader, "job_title", READER_SHORT_MAX);
    out->phone = read_phone(&reader);
    read_siret(&reader, "siret", out->siret);
}

enum err account_json_read_activation(struct arena *arena, struct field_errors *errors,
                                      const struct value *body, struct activation *out) {
    static const char *const KNOWN[] = {"token", "password", "given_name", "family_name", NULL};
    struct reader reader;
    *out = (struct activation){0};
    reader_start(&reader, arena, errors, body, "", KNOWN);
    out->token = reader_required_secret(&reader, "token", LINK_BYTES_MAX);
    out->password = reader_required_secret(&reader, "password", PASSWORD_TYPED_BYTES_MAX);
    if (reader_has(&reader, "given_name")) {
        out->given_name = reader_required_line(&reader, "given_name", READER_SHORT_MAX);
    }
    if (reader_has(&reader, "family_name")) {
        out->family_name = reader_required_line(&reader, "family_name", READER_SHORT_MAX);
    }
    return field_errors_verdict(errors);
}

enum err account_json_read_email(struct arena *arena, struct field_errors *errors,
                                 const struct value *body, struct email *out) {
    static const char *const KNOWN[] = {"email", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    read_email(&reader, out);
    return field_errors_verdict(errors);
}

enum err account_json_read_login(struct arena *arena, struct field_errors *errors,
                                 const struct value *body, struct credentials *out) {
    static const char *const KNOWN[] = {"email", "password", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    out->email = reader_required_secret(&reader, "email", EMAIL_TYPED_BYTES_MAX);
    out->password = reader_required_secret(&reader, "password", PASSWORD_TYPED_BYTES_MAX);
    return field_errors_verdict(errors);
}

enum err account_json_read_link(struct arena *arena, struct field_errors *errors,
                                const struct value *body, const char **token,
                                const char **password) {
    static const char *const TOKEN[] = {"token", NULL};
    static const char *const BOTH[] = {"token", "password", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", password == NULL ? TOKEN : BOTH);
    *token = reader_required_secret(&reader, "token", LINK_BYTES_MAX);
    if (password != NULL) {
        *password = reader_required_secret(&reader, "password", PASSWORD_TYPED_BYTES_MAX);
    }
    return field_errors_verdict(errors);
}

enum err account_json_read_code(struct arena *arena, struct field_errors *errors,
                                const struct value *body, const char **code) {
    static const char *const KNOWN[] = {"code", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *code = reader_required_secret(&reader, "code", CODE_BYTES_MAX);
    if (*code != NULL && strlen(*code) < 6) {
        reader_error(&reader, "code", "too_short", "Ce code a au moins six caractères.");
    }
    return field_errors_verdict(errors);
}

enum err account_json_read_password(struct arena *arena, struct field_errors *errors,
                                    const struct value *body, const char **current,
                                    const char **password) {
    static const char *const KNOWN[] = {"current_password", "password", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *current = reader_has(&reader, "current_password")
                   ? reader_required_secret(&reader, "current_password", PASSWORD_TYPED_BYTES_MAX)
                   : NULL;
    *password = reader_required_secret(&reader, "password", PASSWORD_TYPED_BYTES_MAX);
    return field_errors_verdict(errors);
}

static void read_notifications(struct reader *reader, struct account_patch *out) {
    static const char *const KNOWN[] = {"new_submission", "message", "new_member", NULL};
    const struct value *member = value_get(reader->object, "notifications");
    if (member == NULL) {
        return;
    }
    if (!value_is(member, VALUE_OBJECT)) {
        reader_error(reader, "notifications", "wrong_type", "Un objet est attendu.");
        return;
    }
    struct reader inner;
    reader_start(&inner, reader->arena, reader->errors, member, "/notifications", KNOWN);
    for (size_t i = 0; i < NOTIFICATIONS_COUNT; i++) {
        const char *name = notification_name((enum notification)i);
        out->notifications_given[i] = reader_has(&inner, name);
        out->notifications[i] = reader_optional_boolean(&inner, name, true);
    }
}

static void read_current_siret(struct reader *reader, struct account_patch *out) {
    const struct value *member = value_get(reader->object, "current_siret");
    out->current_siret_given = member != NULL;
    const bool emptied = value_is(member, VALUE_NULL) ||
                         (value_is(member, VALUE_STRING) && *value_text_of(member) == '\0');
    if (member != NULL && !emptied) {
        read_siret(reader, "current_siret", out->current_siret);
    }
}

enum err account_json_read_patch(struct arena *arena, struct field_errors *errors,
                                 const struct value *body, struct account_patch *out) {
    static const char *const KNOWN[] = {"given_name",    "family_name", "job_title",     "phone",
                                        "current_siret", "locale",      "notifications", NULL};
    static const char *const LOCALES[] = {"fr", "en", NULL};
    struct reader reader;
    *out = (struct account_patch){0};
    reader_start(&reader, arena, errors, body, "", KNOWN);
    if (reader_has(&reader, "given_name")) {
        out->given_name = reader_required_line(&reader, "given_name", READER_SHORT_MAX);
    }
    if (reader_has(&reader, "family_name")) {
        out->family_name = reader_required_line(&reader, "family_name", READER_SHORT_MAX);
    }
    out->job_title_given = reader_has(&reader, "job_title");
    out->job_title = reader_optional_line(&reader, "job_title", READER_SHORT_MAX);
    out->phone_given = reader_has(&reader, "phone");
    out->phone = read_phone(&reader);
    read_current_siret(&reader, out);
    if (reader_has(&reader, "locale")) {
        out->locale = reader_required_choice(&reader, "locale", LOCALES);
    }
    read_notifications(&reader, out);
    return field_errors_verdict(errors);
}

enum { PRODUCT_CHARACTERS_MAX = 64 };

enum err account_json_read_role(struct arena *arena, struct field_errors *errors,
                                const struct value *body, struct staff_change *out) {
    static const char *const KNOWN[] = {"email", "role", "product", NULL};
    static const char *const ROLES[] = {"reporter", "instructor", "manager",
                                        "support",  "admin",      NULL};
    struct reader reader;
    struct email email = {0};
    reader_start(&reader, arena, errors, body, "", KNOWN);
    const char *address = reader_required_secret(&reader, "email", EMAIL_TYPED_BYTES_MAX);
    if (address != NULL && email_parse(errors, "/email", address, &email) == ERR_NONE) {
        out->email_key = email.key;
    }
    const char *role = reader_required_choice(&reader, "role", ROLES);
    out->product = reader_optional_line(&reader, "product", PRODUCT_CHARACTERS_MAX);
    if (role != NULL && !role_parse(role, &out->role)) {
        reader_error(&reader, "role", "unknown_value", "Ce rôle n’existe pas.");
    }
    return field_errors_verdict(errors);
}

static const char *read_until(struct reader *reader) {
    const struct value *until = value_get(reader->object, "until");
    int64_t at_ms = 0;
    if (until == NULL || value_is(until, VALUE_NULL)) {
        return NULL;
    }
    if (!value_is(until, VALUE_STRING)) {
        reader_error(reader, "until", "wrong_type", "Indiquez une date et une heure.");
    } else if (!clock_parse_rfc3339(value_text_of(until), &at_ms)) {
        reader_error(reader, "until", "invalid_format",
                     "Indiquez une date et une heure, par exemple 2027-01-31T18:00:00Z.");
    } else if (at_ms <= clock_now_ms()) {
        reader_error(reader, "until", "out_of_range", "Indiquez une date à venir.");
    } else {
        return clock_format_rfc3339(reader->arena, at_ms);
    }
    return NULL;
}

enum err account_json_read_suspension(struct arena *arena, struct field_errors *errors,
                                      const struct value *body, struct suspension *out) {
    static const char *const KNOWN[] = {"reason", "until", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    out->reason = reader_required_text(&reader, "reason", READER_LONG_MAX);
    out->until = read_until(&reader);
    return field_errors_verdict(errors);
}

enum err account_json_read_deletion(struct arena *arena, struct field_errors *errors,
                                    const struct value *body, bool *leaves_requests) {
    static const char *const KNOWN[] = {"leave_requests", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *leaves_requests = reader_optional_boolean(&reader, "leave_requests", false);
    return field_errors_verdict(errors);
}

enum err account_json_read_reason(struct arena *arena, struct field_errors *errors,
                                  const struct value *body, bool is_required, const char **reason) {
    static const char *const KNOWN[] = {"reason", NULL};
    struct reader reader;
    reader_start(&reader, arena, errors, body, "", KNOWN);
    *reason = is_required ? reader_required_text(&reader, "reason", READER_LONG_MAX)
                          : reader_optional_text(&reader, "reason", READER_LONG_MAX);
    return field_errors_verdict(errors);
}
