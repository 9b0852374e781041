#include "request/prolongation.h"
#include "base/json.h"
#include "core/reader.h"
#include "request/request_act.h"
#include "token/token_acts.h"

static bool read_answer(struct reader *reader, const char *name) {
    const struct value *answer = value_get(reader->object, name);
    if (answer == NULL || value_is(answer, VALUE_NULL)) {
        reader_error(reader, name, "required", "Répondez par oui (true) ou non (false).");
    } else if (!value_is(answer, VALUE_BOOLEAN)) {
        reader_error(reader, name, "wrong_type", "Répondez par oui (true) ou non (false).");
    } else {
        return answer->boolean;
    }
    return false;
}

enum err prolongation_read(struct context *context, const struct value *body,
                           struct prolongation_answers *answers) {
    static const char *const KNOWN[] = {"still_in_charge", "purpose_unchanged",
                                        "contacts_unchanged", NULL};
    struct reader reader;
    reader_start(&reader, context->arena, context->errors, body, "", KNOWN);
    answers->still_in_charge = read_answer(&reader, "still_in_charge");
    answers->purpose_unchanged = read_answer(&reader, "purpose_unchanged");
    answers->contacts_unchanged = read_answer(&reader, "contacts_unchanged");
    return field_errors_verdict(context->errors);
}

static const char *render(struct arena *arena, const char *outcome, const char *expires_at,
                          const char *request_id) {
    struct value *answer = value_object(arena);
    value_set_text(arena, answer, "outcome", outcome);
    value_set_text(arena, answer, "expires_at", expires_at);
    value_set_text(arena, answer, "request_id", request_id);
    return json_text(arena, answer);
}

/* The habilitation and its token stay good meanwhile. */
static enum err reopen(struct context *context, const struct token_row *row, const char **json) {
    if (!row->is_reopened) {
        TRY(request_act(context, row->request_id, &(struct request_act){.event = EVENT_REOPEN},
                        NULL));
    }
    *json = render(context->arena, "request_reopened", row->expires_at, row->request_id);
    return ERR_NONE;
}

enum err prolongation_run(struct context *context, const char *token_id,
                          const struct prolongation_answers *answers, const char **json) {
    const struct identity identity = context_identity(context);
    struct token_row row;
    const char *expires_at = NULL;
    if (!answers->still_in_charge) {
        field_errors_add(
            context->errors, "/still_in_charge", "not_allowed",
            "Transférez d’abord la demande à la personne qui en a désormais la charge.");
        return ERR_INVALID;
    }
    TX_AUTO(tx);
    TRY(tx_begin(context->services->pool, context->arena, &identity, TX_WRITE, &tx));
    TRY(token_lock_prolongable(context, &tx, token_id, &row));
    if (!answers->purpose_unchanged || !answers->contacts_unchanged) {
        tx_end(&tx);
        return reopen(context, &row, json);
    }
    TRY(token_prolong(context, &tx, &row, &expires_at));
    *json = render(context->arena, "prolonged", expires_at, row.request_id);
    return ERR_NONE;
}
