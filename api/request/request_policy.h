#ifndef GUICHET_REQUEST_REQUEST_POLICY_H
#define GUICHET_REQUEST_REQUEST_POLICY_H
/* Who may see and do what with a request. Pure functions over facts that were read in the same
 * transaction. What somebody may not see does not exist for him (ERR_NOT_FOUND); what he sees and
 * may not do is ERR_FORBIDDEN; what nobody may do in this state is ERR_CONFLICT. Thread-safe. */
#include "core/context.h"
#include "request/request_workflow.h"

/* What ties the actor to the request, and what the rules look at. */
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
    bool is_applicant; /* the actor is the applicant … */
    bool is_member;    /* … an active member of the organisation … */
    bool is_external;  /* … accepted as external there … */
    bool is_contact;   /* … named in it */
};

enum visibility { VISIBILITY_NONE, VISIBILITY_SUMMARY, VISIBILITY_FULL };

enum visibility request_policy_find_visibility(const struct actor *actor,
                                               const struct request_facts *facts);
/* Notes and the names of those who decide are for the staff of the product and admins. */
bool request_policy_is_staff_of(const struct actor *actor, const struct request_facts *facts);
/* The qualities in which the actor may act on it (enum actor_role). */
unsigned request_policy_find_actor_roles(const struct actor *actor,
                                         const struct request_facts *facts);
/* ERR_NOT_FOUND where the request is not seen, summary included where `whole` is asked for. */
MUST_CHECK enum err request_policy_check_visibility(struct context *context,
                                                    const struct request_facts *facts, bool whole);
/* The row that the event goes by, and in which quality; or why not, with its detail. */
MUST_CHECK enum err request_policy_check_event(struct context *context,
                                               const struct request_facts *facts,
                                               enum request_event event,
                                               const struct request_transition **row,
                                               enum actor_role *actor_role);
/* The acts that would be let through now: bit 1 << enum request_event. */
unsigned request_policy_list_events(const struct actor *actor, const struct request_facts *facts);

#endif
