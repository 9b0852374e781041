#include "request/request_policy.h"
#include <string.h>

static bool has_staff_role(const struct actor *actor, const struct request_facts *facts) {
    return facts->was_submitted && (actor_has_role(actor, ROLE_REPORTER, facts->product) ||
                                    actor_has_role(actor, ROLE_ADMIN, NULL));
}

bool request_policy_is_staff_of(const struct actor *actor, const struct request_facts *facts) {
    return has_staff_role(actor, facts) && facts->conflict == NULL;
}

const char *request_policy_find_conflict(const struct actor *actor,
                                         const struct request_facts *facts) {
    return has_staff_role(actor, facts) ? facts->conflict : NULL;
}

enum visibility request_policy_find_visibility(const struct actor *actor,
                                               const struct request_facts *facts) {
    if (actor->kind == ACTOR_SYSTEM || facts->is_applicant || facts->is_member ||
        has_staff_role(actor, facts)) {
        return VISIBILITY_FULL;
    }
    return facts->is_contact && facts->was_submitted ? VISIBILITY_SUMMARY : VISIBILITY_NONE;
}

static bool is_instructor(const struct actor *actor, const struct request_facts *facts) {
    return facts->was_submitted && actor_has_role(actor, ROLE_INSTRUCTOR, facts->product);
}

unsigned request_policy_find_actor_roles(const struct actor *actor,
                                         const struct request_facts *facts) {
    unsigned actor_roles = 0;
    if (actor->kind == ACTOR_SYSTEM) {
        return ACTOR_ROLE_PROGRAM;
    }
    if (facts->is_applicant) {
        actor_roles |= ACTOR_ROLE_APPLICANT;
    }
    if (is_instructor(actor, facts) && facts->conflict == NULL) {
        actor_roles |= ACTOR_ROLE_INSTRUCTOR;
    }
    if (actor->kind == ACTOR_ACCOUNT && facts->is_member && !facts->is_applicant) {
        actor_roles |= ACTOR_ROLE_COLLEAGUE;
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

/* Nobody judges what serves themselves. */
static enum err refuse_conflict(struct context *context, const char *conflict) {
    return context_fail(context, ERR_FORBIDDEN,
                        arena_printf(context->arena,
                                     "%s : une autre personne doit instruire cette demande.",
                                     strcmp(conflict, "applicant") == 0 ? "Vous êtes le demandeur"
                                     : strcmp(conflict, "contact") == 0
                                         ? "Vous êtes contact de cette demande"
                                         : "Vous appartenez à l’organisation qui demande"));
}

/* The actor could cause the event as an instructor, if the request did not serve them. */
static bool is_kept_by_conflict(const struct actor *actor, const struct request_facts *facts,
                                enum request_event event) {
    return facts->conflict != NULL && is_instructor(actor, facts) &&
           (request_event_actor_roles(event) & ACTOR_ROLE_INSTRUCTOR) != 0;
}

static const struct request_transition *find_row(const struct request_facts *facts,
                                                 enum request_event event) {
    return request_transition_find(event, facts->state, facts->is_reopened, facts->was_submitted);
}

/* What is granted is granted to somebody who may use it. */
static bool has_its_applicant(const struct request_transition *row,
                              const struct request_facts *facts) {
    return (row->needs & NEED_APPLICANT) == 0 || facts->has_applicant;
}

/* What stands between the actor and the row where two instructors are needed; ERR_NONE: nothing. `*detail`: why. */
static enum err check_proposal(const struct request_transition *row,
                               const struct request_facts *facts, const char **detail) {
    if ((row->needs & NEED_NO_PROPOSAL) != 0 && facts->proposal != PROPOSAL_NONE) {
        *detail = "Une acceptation attend déjà une seconde validation : confirmez-la ou écartez-la "
                  "d’abord.";
        return ERR_CONFLICT;
    }
    if ((row->needs & NEED_PROPOSAL) != 0 && facts->proposal == PROPOSAL_NONE) {
        *detail = "Aucune acceptation n’attend de seconde validation : la demande a changé, ou la "
                  "personne qui l’a proposée ne peut plus l’accepter.";
        return ERR_CONFLICT;
    }
    if ((row->needs & NEED_OTHER_PERSON) != 0 && facts->proposal == PROPOSAL_OWN) {
        *detail = "Vous avez proposé cette acceptation, vous-même ou par un programme dont vous "
                  "répondez : une autre personne doit la confirmer.";
        return ERR_FORBIDDEN;
    }
    return ERR_NONE;
}

/* The same for takeovers. */
static enum err check_takeover(const struct request_transition *row,
                               const struct request_facts *facts, enum actor_role actor_role,
                               const char **detail) {
    if ((row->needs & NEED_NO_TAKEOVER) != 0 && facts->takeover != TAKEOVER_NONE) {
        *detail = "Un membre de l’organisation a déjà demandé à reprendre cette demande.";
        return ERR_CONFLICT;
    }
    if ((row->needs & NEED_TAKEOVER) != 0 && facts->takeover == TAKEOVER_NONE) {
        *detail = "Personne ne demande à reprendre cette demande : la reprise a eu lieu, a été "
                  "retirée ou a été refusée.";
        return ERR_CONFLICT;
    }
    if ((row->needs & NEED_TAKEOVER) != 0 && actor_role == ACTOR_ROLE_COLLEAGUE &&
        facts->takeover != TAKEOVER_OWN) {
        *detail = "Seuls le demandeur et l’instruction s’opposent à une reprise ; qui l’a demandée "
                  "peut la retirer.";
        return ERR_FORBIDDEN;
    }
    return ERR_NONE;
}

/* The role in which somebody acts who could act in several. */
static enum actor_role choose_role(unsigned actor_roles) {
    return (actor_roles & ACTOR_ROLE_APPLICANT) != 0    ? ACTOR_ROLE_APPLICANT
           : (actor_roles & ACTOR_ROLE_INSTRUCTOR) != 0 ? ACTOR_ROLE_INSTRUCTOR
           : (actor_roles & ACTOR_ROLE_COLLEAGUE) != 0  ? ACTOR_ROLE_COLLEAGUE
                                                        : ACTOR_ROLE_PROGRAM;
}

enum err request_policy_check_event(struct context *context, const struct request_facts *facts,
                                    enum request_event event, const struct request_transition **row,
                                    enum actor_role *actor_role) {
    const unsigned actor_roles = request_policy_find_actor_roles(context->actor, facts);
    TRY(request_policy_check_visibility(context, facts, VISIBILITY_SUMMARY));
    if ((actor_roles & request_event_actor_roles(event)) == 0) {
        if (is_kept_by_conflict(context->actor, facts, event)) {
            return refuse_conflict(context, facts->conflict);
        }
        return context_fail(context, ERR_FORBIDDEN,
                            "Votre rôle sur cette demande ne permet pas cette action.");
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
    if (!has_its_applicant(*row, facts)) {
        return context_fail(context, ERR_CONFLICT,
                            "Le demandeur n’agit plus pour l’organisation : transférez d’abord la "
                            "demande à l’un de ses membres.");
    }
    *actor_role = choose_role(actor_roles & (*row)->actor_roles);
    TRY(check_proposal(*row, facts, &context->detail));
    return check_takeover(*row, facts, *actor_role, &context->detail);
}

unsigned request_policy_list_events(const struct actor *actor, const struct request_facts *facts) {
    const unsigned actor_roles = request_policy_find_actor_roles(actor, facts);
    unsigned events = 0;
    for (int event = 0; event < EVENT_COUNT; event++) {
        const struct request_transition *row = find_row(facts, (enum request_event)event);
        const char *ignored = NULL;
        if (row != NULL && (actor_roles & row->actor_roles) != 0 && has_its_applicant(row, facts) &&
            check_proposal(row, facts, &ignored) == ERR_NONE &&
            check_takeover(row, facts, choose_role(actor_roles & row->actor_roles), &ignored) ==
                ERR_NONE) {
            events |= 1U << event;
        }
    }
    return events;
}
