#include "request/request_workflow.h"
#include <string.h>

#define APPLICANT ACTOR_ROLE_APPLICANT
#define INSTRUCTOR ACTOR_ROLE_INSTRUCTOR
#define PROGRAM ACTOR_ROLE_PROGRAM
#define COLLEAGUE ACTOR_ROLE_COLLEAGUE
#define HISTORY EFFECT_HISTORY
#define DECIDE EFFECT_DECIDE
#define GRANT EFFECT_GRANT
#define RESTORE EFFECT_RESTORE
#define REVOKE_TOKEN EFFECT_REVOKE_TOKEN
#define MAIL_APPLICANT EFFECT_MAIL_APPLICANT
#define MAIL_INSTRUCTORS EFFECT_MAIL_INSTRUCTORS
#define MAIL_CONTACTS EFFECT_MAIL_CONTACTS

const struct request_transition REQUEST_TRANSITIONS[] = {
#define TRANSITION(event, from, to, actor_roles, only, needs, effects, comment)                    \
    {EVENT_##event, STATE_##from, STATE_##to, (actor_roles),                                       \
     ONLY_##only,   (needs),      (effects),  comment},
#include "request/request_workflow.def"
#undef TRANSITION
};
const size_t REQUEST_TRANSITIONS_COUNT = sizeof REQUEST_TRANSITIONS / sizeof *REQUEST_TRANSITIONS;

static bool applies(enum request_only only, bool is_reopened, bool was_submitted) {
    switch (only) {
    case ONLY_ALWAYS:
        return true;
    case ONLY_FIRST_TIME:
        return !is_reopened;
    case ONLY_REOPENED:
        return is_reopened;
    case ONLY_NEVER_SUBMITTED:
        return !was_submitted;
    }
    return false;
}

const struct request_transition *request_transition_find(enum request_event event,
                                                         enum request_state from, bool is_reopened,
                                                         bool was_submitted) {
    for (size_t i = 0; i < REQUEST_TRANSITIONS_COUNT; i++) {
        const struct request_transition *row = &REQUEST_TRANSITIONS[i];
        if (row->event == event && row->from == from &&
            applies(row->only, is_reopened, was_submitted)) {
            return row;
        }
    }
    return NULL;
}

unsigned request_event_actor_roles(enum request_event event) {
    unsigned actor_roles = 0;
    for (size_t i = 0; i < REQUEST_TRANSITIONS_COUNT; i++) {
        actor_roles |=
            REQUEST_TRANSITIONS[i].event == event ? REQUEST_TRANSITIONS[i].actor_roles : 0;
    }
    return actor_roles;
}

static const char *const STATE_NAMES[] = {
#define STATE(name, text) text,
    REQUEST_STATES(STATE)
#undef STATE
};

const char *request_state_name(enum request_state state) {
    return STATE_NAMES[state];
}

enum request_state request_state_parse(const char *text) {
    for (size_t i = 0; i < sizeof STATE_NAMES / sizeof *STATE_NAMES; i++) {
        if (strcmp(text, STATE_NAMES[i]) == 0) {
            return (enum request_state)i;
        }
    }
    return STATE_NONE;
}

const char *request_event_name(enum request_event event) {
    switch (event) {
#define EVENT(name, act, past)                                                                     \
    case EVENT_##name:                                                                             \
        return act;
        REQUEST_EVENTS(EVENT)
#undef EVENT
    case EVENT_COUNT:
        break;
    }
    return "";
}

const char *request_event_past_name(enum request_event event) {
    switch (event) {
#define EVENT(name, act, past)                                                                     \
    case EVENT_##name:                                                                             \
        return past;
        REQUEST_EVENTS(EVENT)
#undef EVENT
    case EVENT_COUNT:
        break;
    }
    return "";
}

const char *request_event_told_name(enum request_event event) {
    return request_event_name(event == EVENT_CONFIRM ? EVENT_APPROVE : event);
}

const char *request_transition_key(const struct request_transition *row) {
    return row->event == EVENT_REFUSE && row->to == STATE_APPROVED
               ? "refuse_reopening"
               : request_event_told_name(row->event);
}

void request_workflow_print(FILE *out) {
    (void)fputs("stateDiagram-v2\n", out);
    for (size_t i = 0; i < REQUEST_TRANSITIONS_COUNT; i++) {
        const struct request_transition *row = &REQUEST_TRANSITIONS[i];
        if (row->from != row->to) {
            (void)fprintf(out, "    %s --> %s: %s%s\n",
                          row->from == STATE_NONE ? "[*]" : request_state_name(row->from),
                          row->to == STATE_NONE ? "[*]" : request_state_name(row->to),
                          request_transition_key(row),
                          row->only == ONLY_REOPENED ? " (rouverte)" : "");
        }
    }
}
