#include "request/request_policy.h"

bool request_policy_is_staff_of(const struct actor *actor, const struct request_facts *facts) {
    return facts->was_submitted && (actor_has_role(actor, ROLE_REPORTER, facts->product) ||
                                    actor_has_role(actor, ROLE_ADMIN, NULL));
}

enum visibility request_policy_find_visibility(const struct actor *actor,
                                               const struct request_facts *facts) {
    if (actor->kind == ACTOR_SYSTEM || facts->is_applicant || facts->is_member ||
        request_policy_is_staff_of(actor, facts)) {
        return VISIBILITY_FULL;
    }
    return facts->is_contact && facts->was_submitted ? VISIBILITY_SUMMARY : VISIBILITY_NONE;
}

unsigned request_policy_find_actor_roles(const struct actor *actor,
                                         const struct request_facts *facts) {
    unsigned actor_roles = 0;
    if (actor->kind == ACTOR_SYSTEM) {
        return ACTOR_ROLE_PROGRAM;
    }
    /* Applicants who left the organisation no longer act for it, even on their own requests. */
    if (facts->is_applicant && (facts->is_member || facts->is_external)) {
        actor_roles |= ACTOR_ROLE_APPLICANT;
    }
    if (facts->was_submitted && actor_has_role(actor, ROLE_INSTRUCTOR, facts->product)) {
        actor_roles |= ACTOR_ROLE_INSTRUCTOR;
    }
    return actor_roles;
}

enum err request_policy_check_visibility(struct context *context, const struct request_facts *facts,
                                         enum visibility least) {
    switch (request_policy_find_visibility(context->actor, facts)) {
    case VISIBILITY_FULL:
        return ERR_NONE;
    case VISIBILITY_SUMMARY:
        return least == VISIBILITY_FULL
                   ? context_fail(context, ERR_FORBIDDEN,
                                  "Vous êtes contact de cette demande : vous en voyez le résumé.")
                   : ERR_NONE;
    case VISIBILITY_NONE:
        break;
    }
    return ERR_NOT_FOUND;
}

static bool belongs_to_organisation(const struct request_facts *facts) {
    return facts->is_member || facts->is_external;
}

/* Conflict of interest: staff may not act as staff on a request of their own organisation. Cancelling a
 * reopening is a decision only where an instructor does it. */
static bool has_conflict(const struct request_transition *row, enum actor_role actor_role,
                         const struct request_facts *facts) {
    const bool decides =
        (row->needs & NEED_NO_CONFLICT) != 0 ||
        (row->event == EVENT_CANCEL_REOPENING && actor_role == ACTOR_ROLE_INSTRUCTOR);
    return decides && belongs_to_organisation(facts);
}

static enum err refuse_conflict(struct context *context) {
    return context_fail(context, ERR_FORBIDDEN,
                        "Vous appartenez à l’organisation qui demande : une autre personne "
                        "doit prendre cette décision.");
}

static const struct request_transition *find_row(const struct request_facts *facts,
                                                 enum request_event event) {
    return request_transition_find(event, facts->state, facts->is_reopened, facts->was_submitted);
}

/* The role in which somebody acts who could act in several. */
static enum actor_role choose_role(unsigned actor_roles) {
    return (actor_roles & ACTOR_ROLE_APPLICANT) != 0    ? ACTOR_ROLE_APPLICANT
           : (actor_roles & ACTOR_ROLE_INSTRUCTOR) != 0 ? ACTOR_ROLE_INSTRUCTOR
                                                        : ACTOR_ROLE_PROGRAM;
}

enum err request_policy_check_event(struct context *context, const struct request_facts *facts,
                                    enum request_event event, const struct request_transition **row,
                                    enum actor_role *actor_role) {
    const unsigned actor_roles = request_policy_find_actor_roles(context->actor, facts);
    TRY(request_policy_check_visibility(context, facts, VISIBILITY_SUMMARY));
    if ((actor_roles & request_event_actor_roles(event)) == 0) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Votre rôle sur cette demande ne permet pas cette action.");
    }
    /* In whatever state: they may never cause it. */
    if (request_event_needs_no_conflict(event) && belongs_to_organisation(facts)) {
        return refuse_conflict(context);
    }
    *row = find_row(facts, event);
    if (*row == NULL) {
        return context_fail(context, ERR_CONFLICT,
                            "L’état de la demande ne permet pas cette action.");
    }
    if ((actor_roles & (*row)->actor_roles) == 0) {
        return context_fail(context, ERR_CONFLICT,
                            "Dans cet état, cette action revient à quelqu'un d’autre.");
    }
    *actor_role = choose_role(actor_roles & (*row)->actor_roles);
    return has_conflict(*row, *actor_role, facts) ? refuse_conflict(context) : ERR_NONE;
}

unsigned request_policy_list_events(const struct actor *actor, const struct request_facts *facts) {
    const unsigned actor_roles = request_policy_find_actor_roles(actor, facts);
    unsigned events = 0;
    for (int event = 0; event < EVENT_COUNT; event++) {
        const struct request_transition *row = find_row(facts, (enum request_event)event);
        if (row != NULL && (actor_roles & row->actor_roles) != 0 &&
            !has_conflict(row, choose_role(actor_roles & row->actor_roles), facts)) {
            events |= 1U << event;
        }
    }
    return events;
}
