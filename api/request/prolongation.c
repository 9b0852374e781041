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
        return value_boolean_of(answer);
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

/* The habilitation and its token stay valid meanwhile. */
static enum err reopen(struct context *context, const struct token_row *row) {
    const char *json = render(context->arena, "request_reopened", row->expires_at, row->request_id);
    if (row->is_reopened) {
        context->answer = (struct act_answer){.status = 200, .json = json};
        return ERR_NONE;
    }
    return request_act(context, row->request_id,
                       &(struct request_act){
                           .event = EVENT_REOPEN, .answer = REQUEST_ANSWERS_GIVEN, .given = json});
}

enum err prolongation_run(struct context *context, const char *token_id,
                          const struct prolongation_answers *answers) {
    struct token_row row;
    const char *expires_at = NULL;
    if (!answers->still_in_charge) {
        field_errors_add(
            context->errors, "/still_in_charge", "not_allowed",
            "Transférez d’abord la demande à la personne qui en a désormais la charge.");
        return ERR_INVALID;
    }
    ACT_AUTO(act);
    TRY(act_begin(&act, context));
    TRY(token_lock_prolongable(&act, token_id, &row));
    if (!answers->purpose_unchanged || !answers->contacts_unchanged) {
        act_end(&act);
        return reopen(context, &row);
    }
    TRY(token_prolong(&act, &row, &expires_at));
    return act_commit(
        &act, &(struct act_outcome){.answer = {.status = 200,
                                               .json = render(context->arena, "prolonged",
                                                              expires_at, row.request_id)}});
}
