#include "domain/policy.h"

bool policy_is_staff_of(const struct actor *actor, const struct request_facts *facts) {
    return facts->was_submitted && (actor_has_role(actor, ROLE_REPORTER, facts->product) ||
                                    actor_has_role(actor, ROLE_ADMIN, NULL));
}

enum sight policy_find_sight(const struct actor *actor, const struct request_facts *facts) {
    if (actor->kind == ACTOR_SYSTEM || facts->is_applicant || facts->is_member ||
        policy_is_staff_of(actor, facts)) {
        return SIGHT_FULL;
    }
    return facts->is_contact && facts->was_submitted ? SIGHT_SUMMARY : SIGHT_NONE;
}

unsigned policy_find_doers(const struct actor *actor, const struct request_facts *facts) {
    unsigned doers = 0;
    if (actor->kind == ACTOR_SYSTEM) {
        return DOER_PROGRAM;
    }
    /* Who left the organisation acts for it no more, even on what he began. */
    if (facts->is_applicant && (facts->is_member || facts->is_external)) {
        doers |= DOER_APPLICANT;
    }
    if (facts->was_submitted && actor_has_role(actor, ROLE_INSTRUCTOR, facts->product)) {
        doers |= DOER_INSTRUCTOR;
    }
    return doers;
}

enum err policy_check_sight(struct context *context, const struct request_facts *facts,
                            bool whole) {
    switch (policy_find_sight(context->actor, facts)) {
    case SIGHT_FULL:
        return ERR_NONE;
    case SIGHT_SUMMARY:
        return whole ? context_fail(context, ERR_FORBIDDEN,
                                    "Vous êtes contact de cette demande : vous en voyez le résumé.")
                     : ERR_NONE;
    case SIGHT_NONE:
        break;
    }
    return ERR_NOT_FOUND;
}

/* The staff keeps its distance in what it does as staff. */
static bool is_too_close(const struct request_transition *row, enum request_doer doer,
                         const struct request_facts *facts) {
    const bool judges = (row->needs & NEED_DISTANCE) != 0 ||
                        (row->event == EVENT_CANCEL_REOPENING && doer == DOER_INSTRUCTOR);
    return judges && (facts->is_member || facts->is_external);
}

static const struct request_transition *find_row(const struct request_facts *facts,
                                                 enum request_event event) {
    return request_transition_find(event, facts->state, facts->is_reopened, facts->was_submitted);
}

static enum request_doer pick_doer(unsigned doers) {
    return (doers & DOER_APPLICANT) != 0    ? DOER_APPLICANT
           : (doers & DOER_INSTRUCTOR) != 0 ? DOER_INSTRUCTOR
                                            : DOER_PROGRAM;
}

enum err policy_check_event(struct context *context, const struct request_facts *facts,
                            enum request_event event, const struct request_transition **row,
                            enum request_doer *doer) {
    const unsigned doers = policy_find_doers(context->actor, facts);
    TRY(policy_check_sight(context, facts, false));
    if ((doers & request_event_doers(event)) == 0) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Votre rôle sur cette demande ne permet pas cette action.");
    }
    if (request_event_needs_distance(event) && (facts->is_member || facts->is_external)) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Vous appartenez à l’organisation qui demande : une autre personne "
                            "doit prendre cette décision.");
    }
    *row = find_row(facts, event);
    if (*row == NULL) {
        return context_fail(context, ERR_CONFLICT,
                            "L’état de la demande ne permet pas cette action.");
    }
    if ((doers & (*row)->doers) == 0) {
        return context_fail(context, ERR_CONFLICT,
                            "Dans cet état, cette action revient à quelqu'un d’autre.");
    }
    *doer = pick_doer(doers & (*row)->doers);
    if (is_too_close(*row, *doer, facts)) {
        return context_fail(context, ERR_FORBIDDEN,
                            "Vous appartenez à l’organisation qui demande : une autre personne "
                            "doit prendre cette décision.");
    }
    return ERR_NONE;
}

unsigned policy_list_events(const struct actor *actor, const struct request_facts *facts) {
    const unsigned doers = policy_find_doers(actor, facts);
    unsigned events = 0;
    for (int event = 0; event < EVENT_COUNT; event++) {
        const struct request_transition *row = find_row(facts, (enum request_event)event);
        if (row != NULL && (doers & row->doers) != 0 &&
            !is_too_close(row, pick_doer(doers & row->doers), facts)) {
            events |= 1U << event;
        }
    }
    return events;
}
