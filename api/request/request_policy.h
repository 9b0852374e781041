#ifndef GUICHET_REQUEST_REQUEST_POLICY_H
#define GUICHET_REQUEST_REQUEST_POLICY_H
/* Who may see a request, and do what with it. Pure functions over facts that the caller read in the same
 * transaction; thread-safe. A request that an actor may not see does not exist for them
 * (ERR_NOT_FOUND); what they see but may not do is ERR_FORBIDDEN; what nobody may do in its state is
 * ERR_CONFLICT. Each of the two comes with a detail in the context. */
#include "core/context.h"
#include "request/request_workflow.h"

/* An approval that waits for a second instructor (living_proposal), and whether the actor, or somebody who answers for
 * the program that acts, proposed it. */
enum request_proposal { PROPOSAL_NONE, PROPOSAL_OWN, PROPOSAL_OTHER };
/* A takeover that waits (living_takeover), and whether the actor asked for it. */
enum request_takeover { TAKEOVER_NONE, TAKEOVER_OWN, TAKEOVER_OTHER };

/* What the rules look at. Texts are borrowed. */
struct request_facts {
    const char *id;
    int64_t number;
    const char *product;
    const char *use_case;
    const char *siret;
    const char *applicant_id;
    const char *assignee_id;     /* NULL: nobody */
    const char *habilitation_id; /* NULL: never approved */
    enum request_state state;
    bool is_reopened;
    bool was_submitted;
    int64_t version;
    bool
        is_applicant; /* the actor is the applicant and entitled to act as such: applicant_sirets … */
    bool is_member;   /* … an active member of the organisation … */
    bool is_contact; /* … named as a contact in it */
    const char
        *conflict; /* of interest, of staff: applicant, organisation, contact (request_conflict);
                           * NULL: the request does not serve them */
    bool has_applicant; /* its applicant, even if not the actor, is entitled to act */
    enum request_proposal proposal;
    enum request_takeover takeover;
};

enum visibility { VISIBILITY_NONE, VISIBILITY_SUMMARY, VISIBILITY_FULL };

enum visibility request_policy_find_visibility(const struct actor *actor,
                                               const struct request_facts *facts);
/* True for the staff of the product and admins whom the request does not serve: they see notes, and the names
 * of who decided. */
bool request_policy_is_staff_of(const struct actor *actor, const struct request_facts *facts);
/* What keeps somebody of the staff from judging it: facts->conflict, and NULL for everybody else. */
const char *request_policy_find_conflict(const struct actor *actor,
                                         const struct request_facts *facts);
/* The roles that the actor has on it: enum actor_role. */
unsigned request_policy_find_actor_roles(const struct actor *actor,
                                         const struct request_facts *facts);
/* ERR_NOT_FOUND where the actor does not see the request; ERR_FORBIDDEN where they see its summary and
 * `least` is VISIBILITY_FULL. */
MUST_CHECK enum err request_policy_check_visibility(struct context *context,
                                                    const struct request_facts *facts,
                                                    enum visibility least);
/* Whether the actor may cause the event now: its row of the workflow, and the role in which they act.
 * ERR_NOT_FOUND, ERR_FORBIDDEN or ERR_CONFLICT otherwise. */
MUST_CHECK enum err request_policy_check_event(struct context *context,
                                               const struct request_facts *facts,
                                               enum request_event event,
                                               const struct request_transition **row,
                                               enum actor_role *actor_role);
/* The events for which request_policy_check_event is ERR_NONE: bits 1 << enum request_event. */
unsigned request_policy_list_events(const struct actor *actor, const struct request_facts *facts);

#endif
