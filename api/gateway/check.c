/* Checks of scopes, then of parameters: callers rely on the order, which decides the first error. */
#include "base/clock.h"
#include "base/text.h"
#include "base/utf8.h"
#include "core/siret.h"
#include "gateway/answer.h"
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { TEXT_CHARACTERS_MAX = 255, SIREN_DIGITS = 9 };

static const char *const COMMON[] = {"context", "object", "recipient"};
enum { COMMON_COUNT = 3 };

static bool check_scopes(struct call *call) {
    struct arena *arena = call->arena;
    const struct endpoint *endpoint = call->endpoint;
    if (endpoint->is_free || scope_set_meets(&endpoint->scopes, &call->row->scopes)) {
        return true;
    }
    const struct gateway_error *error = gateway_error_get(GATEWAY_ERROR_FORBIDDEN);
    struct value *meta = value_object(arena);
    value_set(meta, "scopes", value_copy(arena, endpoint->scopes_list));
    answer_add(call, error, error->code, NULL, NULL, meta);
    return answer_errors(call, error->status);
}

static bool is_blank(const char *text) {
    return text == NULL || text[strspn(text, " \t\r\n")] == '\0';
}

static bool is_own(const struct call *call, const char *name) {
    for (size_t i = 0; call->endpoint != NULL && i < call->endpoint->query_parameters_count; i++) {
        if (strcmp(call->endpoint->query_parameters[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_known(const struct call *call, const char *name) {
    for (size_t i = 0; !call->is_privileges && i < COMMON_COUNT; i++) {
        if (strcmp(COMMON[i], name) == 0) {
            return true;
        }
    }
    return is_own(call, name);
}

static void add(struct call *call, enum gateway_error_id id, const char *name) {
    const struct gateway_error *error = gateway_error_get(id);
    answer_add(call, error, error->code, "parameter", name, NULL);
}

/* Keys that are unknown, or known but repeated. */
static void check_keys(struct call *call) {
    const struct gateway_request *request = call->request;
    for (size_t i = 0; i < request->query_count; i++) {
        const char *name = request->query[i].name;
        bool repeated = false;
        for (size_t j = 0; j < i && !repeated; j++) {
            repeated = strcmp(request->query[j].name, name) == 0;
        }
        if (repeated || !is_known(call, name)) {
            add(call, GATEWAY_ERROR_UNKNOWN_PARAMETER, name);
        }
    }
}

static void check_text(struct call *call, const char *text, enum gateway_error_id missing,
                       const char *name) {
    if (is_blank(text)) {
        add(call, missing, name);
    } else if (utf8_length(text) > TEXT_CHARACTERS_MAX || strpbrk(text, "\t\r\n") != NULL) {
        add(call, GATEWAY_ERROR_BAD_TEXT, name);
    }
}

static bool check_common(struct call *call) {
    if (!call->is_privileges) {
        check_text(call, call->context, GATEWAY_ERROR_CONTEXT_MISSING, "context");
        check_text(call, call->object, GATEWAY_ERROR_OBJECT_MISSING, "object");
        if (is_blank(call->recipient)) {
            add(call, GATEWAY_ERROR_RECIPIENT_MISSING, "recipient");
        }
    }
    check_keys(call);
    return call->errors == NULL || answer_errors(call, 422);
}

/* True where the call is about the recipient itself: the same establishment, or its legal unit. */
static bool names_recipient(const struct parameter *parameter, const char *value,
                            const char *recipient) {
    if ((parameter->kinds & PARAMETER_SIRET) != 0 && strcmp(value, recipient) == 0) {
        return true;
    }
    return (parameter->kinds & PARAMETER_SIREN) != 0 && strlen(value) == SIREN_DIGITS &&
           strncmp(value, recipient, SIREN_DIGITS) == 0;
}

static bool check_recipient(struct call *call) {
    if (!siret_is_valid(call->recipient)) {
        return answer_error_at(call, GATEWAY_ERROR_RECIPIENT_NOT_SIRET, "parameter", "recipient");
    }
    for (size_t i = 0; i < call->endpoint->path_parameters_count; i++) {
        if (names_recipient(&call->endpoint->path_parameters[i], call->path_values[i],
                            call->recipient)) {
            return answer_error_at(call, GATEWAY_ERROR_RECIPIENT_IS_CALLED, "parameter",
                                   "recipient");
        }
    }
    return true;
}

/* The year in UTC is good enough: it differs from that in Paris for an hour or two a year. */
static int this_year(void) {
    const time_t now = (time_t)(clock_now_ms() / 1000);
    struct tm parts;
    gmtime_r(&now, &parts);
    return parts.tm_year + 1900;
}

static void add_parameter_error(struct call *call, const struct parameter *parameter) {
    const struct gateway_error *known = gateway_error_find(parameter->error_code);
    const struct gateway_error error = {
        .code = parameter->error_code,
        .title = "Paramètre incorrect",
        .detail = known != NULL
                      ? known->detail
                      : arena_printf(call->arena, "Le paramètre %s est absent ou incorrect.",
                                     parameter->name),
    };
    answer_add(call, &error, error.code, "parameter", parameter->name, NULL);
}

static void check_parameter(struct call *call, const struct parameter *parameter, const char *value,
                            int year) {
    if (value == NULL && !parameter->required) {
        return;
    }
    const unsigned int kind = value == NULL ? 0 : parameter_kind_of(parameter, value, year);
    if (kind == 0) {
        add_parameter_error(call, parameter);
        return;
    }
    call->call_params.items[call->call_params.count++] = (struct call_params_value){
        .parameter = parameter, .key = parameter_key(parameter, kind), .value = value};
}

static const char *find_query(const struct call *call, const char *name) {
    for (size_t i = 0; i < call->request->query_count; i++) {
        if (strcmp(call->request->query[i].name, name) == 0) {
            return call->request->query[i].value;
        }
    }
    return NULL;
}

static bool check_parameters(struct call *call) {
    const struct endpoint *endpoint = call->endpoint;
    const int year = this_year();
    for (size_t i = 0; i < endpoint->path_parameters_count; i++) {
        check_parameter(call, &endpoint->path_parameters[i], call->path_values[i], year);
    }
    for (size_t i = 0; i < endpoint->query_parameters_count; i++) {
        const struct parameter *parameter = &endpoint->query_parameters[i];
        check_parameter(call, parameter, find_query(call, parameter->name), year);
    }
    return call->errors == NULL || answer_errors(call, 422);
}

bool call_check_request(struct call *call) {
    if (call->is_privileges) {
        return check_common(call);
    }
    return check_scopes(call) && check_common(call) && check_recipient(call) &&
           check_parameters(call);
}
