#ifndef GUICHET_REQUEST_REQUEST_WORKFLOW_H
#define GUICHET_REQUEST_REQUEST_WORKFLOW_H
/* The states of a request and its transitions, as a table (request_workflow.def). Pure functions over
 * constants, thread-safe; request_act does what a row asks for. Every text is a constant. */
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define REQUEST_STATES(STATE)                                                                      \
    STATE(NONE, "none")                                                                            \
    STATE(DRAFT, "draft")                                                                          \
    STATE(SUBMITTED, "submitted")                                                                  \
    STATE(CHANGES_REQUESTED, "changes_requested")                                                  \
    STATE(APPROVED, "approved")                                                                    \
    STATE(REFUSED, "refused")                                                                      \
    STATE(REVOKED, "revoked")                                                                      \
    STATE(ARCHIVED, "archived")

/* Name of the act (Act and EventName of openapi.yaml), and of the webhook event once it is done. */
#define REQUEST_EVENTS(EVENT)                                                                      \
    EVENT(CREATE, "create", "created")                                                             \
    EVENT(IMPORT, "import", "imported")                                                            \
    EVENT(EDIT, "edit", "edited")                                                                  \
    EVENT(DELETE, "delete", "deleted")                                                             \
    EVENT(SUBMIT, "submit", "submitted")                                                           \
    EVENT(REQUEST_CHANGES, "request_changes", "changes_requested")                                 \
    EVENT(APPROVE, "approve", "approved")                                                          \
    EVENT(DECLINE, "decline", "declined")                                                          \
    EVENT(CONFIRM, "confirm", "approved")                                                          \
    EVENT(REFUSE, "refuse", "refused")                                                             \
    EVENT(REVOKE, "revoke", "revoked")                                                             \
    EVENT(REOPEN, "reopen", "reopened")                                                            \
    EVENT(CANCEL_REOPENING, "cancel_reopening", "reopening_cancelled")                             \
    EVENT(ARCHIVE, "archive", "archived")                                                          \
    EVENT(TRANSFER, "transfer", "transferred")                                                     \
    EVENT(TAKE_OVER, "take_over", "takeover_asked")                                                \
    EVENT(END_TAKEOVER, "end_takeover", "takeover_ended")                                          \
    EVENT(MESSAGE, "message", "message")                                                           \
    EVENT(NOTE, "note", "note")                                                                    \
    EVENT(ASSIGN, "assign", "assigned")

enum request_state {
#define STATE(name, text) STATE_##name,
    REQUEST_STATES(STATE)
#undef STATE
};

enum request_event {
#define EVENT(name, act, past) EVENT_##name,
    REQUEST_EVENTS(EVENT)
#undef EVENT
        EVENT_COUNT,
};

/* As what an actor acts on a request; one actor may have several. */
enum actor_role {
    ACTOR_ROLE_APPLICANT = 1,
    ACTOR_ROLE_INSTRUCTOR = 2,
    ACTOR_ROLE_PROGRAM = 4,
    ACTOR_ROLE_COLLEAGUE = 8, /* an active member of the organisation who is not the applicant */
};

/* To which requests a row applies. */
enum request_only { ONLY_ALWAYS, ONLY_FIRST_TIME, ONLY_REOPENED, ONLY_NEVER_SUBMITTED };

enum request_need {
    NEED_REASON = 1,
    NEED_STAFF_REASON = 2,  /* a reason where an instructor acts */
    NEED_COMPLETE = 4,      /* the form, and files that are clean */
    NEED_CHANGE = 8,        /* after a reopening: something differs from the snapshot */
    NEED_APPLICANT = 16,    /* who is entitled to act: there is somebody to grant it to */
    NEED_PROPOSAL = 32,     /* an approval that waits for a second instructor */
    NEED_OTHER_PERSON = 64, /* than who proposed it */
    NEED_NO_PROPOSAL = 128, /* that one is confirmed or declined first */
    NEED_TAKEOVER = 256,    /* one that waits; a colleague ends their own alone */
    NEED_NO_TAKEOVER = 512,
};

enum request_effect {
    EFFECT_HISTORY = 1,
    EFFECT_DECIDE = 2,
    EFFECT_GRANT = 4,   /* habilitation and token */
    EFFECT_RESTORE = 8, /* data and files of the snapshot */
    EFFECT_REVOKE_TOKEN = 16,
    EFFECT_MAIL_APPLICANT = 32,
    EFFECT_MAIL_INSTRUCTORS = 64,
    EFFECT_MAIL_CONTACTS = 128,
};

struct request_transition {
    enum request_event event;
    enum request_state from;
    enum request_state to;
    unsigned actor_roles;
    enum request_only only;
    unsigned needs;
    unsigned effects;
    const char *comment;
};

extern const struct request_transition REQUEST_TRANSITIONS[];
extern const size_t REQUEST_TRANSITIONS_COUNT;

/* The first row of the event that applies to such a request; NULL: its state does not allow it. */
const struct request_transition *request_transition_find(enum request_event event,
                                                         enum request_state from, bool is_reopened,
                                                         bool was_submitted);
/* Who may cause the event at all, in whatever state: enum actor_role. */
unsigned request_event_actor_roles(enum request_event event);

const char *request_state_name(enum request_state state);
/* STATE_NONE for anything unknown. */
enum request_state request_state_parse(const char *text);
const char *request_event_name(enum request_event event);
const char *request_event_past_name(enum request_event event);
/* As decisions, history and audit tell it: who confirms an approval approves. */
const char *request_event_told_name(enum request_event event);
/* Key of table request_transition, kept in column request.last_event: the name as it is told, but a
 * refusal after which an approved request stays approved has its own. */
const char *request_transition_key(const struct request_transition *row);
/* Writes the diagram of the table (Mermaid, stateDiagram-v2). */
void request_workflow_print(FILE *out);

#endif
