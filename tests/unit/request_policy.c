/* The whole table: every event in every state for everybody, the expected answers beside it. */
#include "request/request_policy.h"
#include "test.h"
#include <string.h>

/* Ten situations of a request: never submitted, the seven states, and three of a reopened one. */
static const struct situation {
    enum request_state state;
    bool is_reopened;
    bool was_submitted;
} SITUATIONS[] = {
    {STATE_DRAFT, false, false},
    {STATE_SUBMITTED, false, true},
    {STATE_CHANGES_REQUESTED, false, true},
    {STATE_APPROVED, false, true},
    {STATE_REFUSED, false, true},
    {STATE_REVOKED, false, true},
    {STATE_ARCHIVED, false, true},
    {STATE_DRAFT, true, true},
    {STATE_SUBMITTED, true, true},
    {STATE_CHANGES_REQUESTED, true, true},
};
enum { SITUATIONS_COUNT = sizeof SITUATIONS / sizeof *SITUATIONS };

enum person {
    APPLICANT,
    APPLICANT_WHO_LEFT,
    COLLEAGUE,
    EXTERNAL,
    CONTACT,
    REPORTER,
    INSTRUCTOR,
    MANAGER,
    INSTRUCTOR_OF_OTHER_PRODUCT,
    INSTRUCTOR_WHO_IS_MEMBER,
    INSTRUCTOR_WHO_IS_CONTACT,
    ADMIN,
    SUPPORT,
    STRANGER,
    PROGRAM,
    PERSONS_COUNT,
};

static const char *const PERSONS[] = {
    "applicant",          "left",       "colleague", "external",      "contact",
    "reporter",           "instructor", "manager",   "other product", "member instructor",
    "contact instructor", "admin",      "support",   "stranger",      "program"};

static void play(enum person person, const struct situation *situation, struct actor *actor,
                 struct role_grant *grant, struct request_facts *facts) {
    *actor = (struct actor){.kind = person == PROGRAM ? ACTOR_SYSTEM : ACTOR_ACCOUNT,
                            .account_id = "me",
                            .roles = grant};
    *facts = (struct request_facts){.id = "r",
                                    .product = "p",
                                    .siret = "s",
                                    .state = situation->state,
                                    .is_reopened = situation->is_reopened,
                                    .was_submitted = situation->was_submitted,
                                    .is_applicant = person == APPLICANT,
                                    .is_member = person == APPLICANT || person == COLLEAGUE ||
                                                 person == INSTRUCTOR_WHO_IS_MEMBER,
                                    .is_contact =
                                        person == CONTACT || person == INSTRUCTOR_WHO_IS_CONTACT,
                                    .conflict = person == INSTRUCTOR_WHO_IS_MEMBER ? "organisation"
                                                : person == INSTRUCTOR_WHO_IS_CONTACT ? "contact"
                                                                                      : NULL,
                                    .has_applicant = true};
    *grant = (struct role_grant){.product = "p"};
    actor->roles_count = 1;
    switch (person) {
    case REPORTER:
        grant->role = ROLE_REPORTER;
        break;
    case INSTRUCTOR:
    case INSTRUCTOR_WHO_IS_MEMBER:
    case INSTRUCTOR_WHO_IS_CONTACT:
        grant->role = ROLE_INSTRUCTOR;
        break;
    case MANAGER:
        grant->role = ROLE_MANAGER;
        break;
    case INSTRUCTOR_OF_OTHER_PRODUCT:
        *grant = (struct role_grant){ROLE_INSTRUCTOR, "q"};
        break;
    case ADMIN:
        *grant = (struct role_grant){ROLE_ADMIN, NULL};
        break;
    case SUPPORT:
        *grant = (struct role_grant){ROLE_SUPPORT, NULL};
        break;
    case APPLICANT:
    case APPLICANT_WHO_LEFT:
    case COLLEAGUE:
    case EXTERNAL:
    case CONTACT:
    case STRANGER:
    case PROGRAM:
    case PERSONS_COUNT:
        actor->roles_count = 0;
        break;
    }
}

/* y: let through · s: not in this state (409) · f: not theirs to do (403) · -: does not exist (404) */
static char verdict(enum person person, const struct situation *situation,
                    enum request_event event) {
    ARENA_AUTO(arena);
    struct actor actor;
    struct role_grant grant;
    struct request_facts facts;
    const struct request_transition *row = NULL;
    enum actor_role actor_role = ACTOR_ROLE_PROGRAM;
    play(person, situation, &actor, &grant, &facts);
    facts.takeover = event == EVENT_END_TAKEOVER ? TAKEOVER_OTHER : TAKEOVER_NONE;
    struct context context = {.arena = &arena, .actor = &actor};
    const enum err err = request_policy_check_event(&context, &facts, event, &row, &actor_role);
    const bool listed = (request_policy_list_events(&actor, &facts) & (1U << event)) != 0;
    assert_int_equal(listed, err == ERR_NONE); /* what is shown is what is let through */
    return err == ERR_NONE ? 'y' : err == ERR_CONFLICT ? 's' : err == ERR_FORBIDDEN ? 'f' : '-';
}

struct expectation {
    enum request_event event;
    enum person person;
    const char *cells; /* one a situation */
};

static const struct expectation EXPECTED[] = {
#include "request_policy.def"
};

static void every_cell_of_event_person_and_state_is_as_expected(void **state) {
    (void)state;
    const size_t count = sizeof EXPECTED / sizeof *EXPECTED;
    size_t cells = 0;
    for (size_t i = 0; i < count; i++) {
        char got[SITUATIONS_COUNT + 1] = "";
        for (size_t j = 0; j < SITUATIONS_COUNT; j++) {
            got[j] = verdict(EXPECTED[i].person, &SITUATIONS[j], EXPECTED[i].event);
        }
        if (strcmp(got, EXPECTED[i].cells) != 0) {
            fail_msg("%s by %s: %s expected, %s found", request_event_name(EXPECTED[i].event),
                     PERSONS[EXPECTED[i].person], EXPECTED[i].cells, got);
        }
        cells += SITUATIONS_COUNT;
    }
    /* All events but the creation and the import, which have no request yet. */
    assert_int_equal(cells, (size_t)(EVENT_COUNT - 2) * PERSONS_COUNT * SITUATIONS_COUNT);
}

static void a_draft_is_private_to_its_organisation(void **state) {
    (void)state;
    struct actor actor;
    struct role_grant grant;
    struct request_facts facts;
    for (int person = 0; person < PROGRAM; person++) {
        play((enum person)person, &SITUATIONS[0], &actor, &grant, &facts);
        const bool inside = facts.is_applicant || facts.is_member;
        assert_int_equal(request_policy_find_visibility(&actor, &facts),
                         inside ? VISIBILITY_FULL : VISIBILITY_NONE);
    }
}

static void visibility_after_submission(void **state) {
    (void)state;
    static const enum visibility SEEN[] = {
        [APPLICANT] = VISIBILITY_FULL,
        [APPLICANT_WHO_LEFT] = VISIBILITY_NONE,
        [COLLEAGUE] = VISIBILITY_FULL,
        [EXTERNAL] = VISIBILITY_NONE,
        [CONTACT] = VISIBILITY_SUMMARY,
        [REPORTER] = VISIBILITY_FULL,
        [INSTRUCTOR] = VISIBILITY_FULL,
        [MANAGER] = VISIBILITY_FULL,
        [INSTRUCTOR_OF_OTHER_PRODUCT] = VISIBILITY_NONE,
        [INSTRUCTOR_WHO_IS_MEMBER] = VISIBILITY_FULL,
        [INSTRUCTOR_WHO_IS_CONTACT] = VISIBILITY_FULL,
        [ADMIN] = VISIBILITY_FULL,
        [SUPPORT] = VISIBILITY_NONE,
        [STRANGER] = VISIBILITY_NONE,
        [PROGRAM] = VISIBILITY_FULL,
    };
    for (size_t i = 1; i < SITUATIONS_COUNT; i++) {
        for (int person = 0; person < PERSONS_COUNT; person++) {
            struct actor actor;
            struct role_grant grant;
            struct request_facts facts;
            play((enum person)person, &SITUATIONS[i], &actor, &grant, &facts);
            assert_int_equal(request_policy_find_visibility(&actor, &facts), SEEN[person]);
        }
    }
}

static void nothing_is_granted_while_the_applicant_may_not_act(void **state) {
    (void)state;
    struct actor actor;
    struct role_grant grant;
    struct request_facts facts;
    play(INSTRUCTOR, &SITUATIONS[1], &actor, &grant, &facts);
    const unsigned before = request_policy_list_events(&actor, &facts);
    facts.has_applicant = false;
    assert_int_equal(before & ~request_policy_list_events(&actor, &facts), 1U << EVENT_APPROVE);
}

/* The events about an approval that is proposed, for an instructor of the product. */
static unsigned events_with(enum request_proposal proposal, bool has_applicant) {
    const unsigned about = 1U << EVENT_APPROVE | 1U << EVENT_CONFIRM | 1U << EVENT_DECLINE;
    struct actor actor;
    struct role_grant grant;
    struct request_facts facts;
    play(INSTRUCTOR, &SITUATIONS[1], &actor, &grant, &facts);
    facts.proposal = proposal;
    facts.has_applicant = has_applicant;
    return request_policy_list_events(&actor, &facts) & about;
}

static void an_approval_that_is_proposed_is_confirmed_by_another_person(void **state) {
    (void)state;
    assert_int_equal(events_with(PROPOSAL_NONE, true), 1U << EVENT_APPROVE);
    assert_int_equal(events_with(PROPOSAL_OWN, true), 1U << EVENT_DECLINE);
    assert_int_equal(events_with(PROPOSAL_OTHER, true), 1U << EVENT_CONFIRM | 1U << EVENT_DECLINE);
    assert_int_equal(events_with(PROPOSAL_OTHER, false), 1U << EVENT_DECLINE);
}

static void who_proposed_an_approval_may_not_confirm_it(void **state) {
    (void)state;
    ARENA_AUTO(arena);
    struct actor actor;
    struct role_grant grant;
    struct request_facts facts;
    const struct request_transition *row = NULL;
    enum actor_role actor_role = ACTOR_ROLE_PROGRAM;
    play(INSTRUCTOR, &SITUATIONS[1], &actor, &grant, &facts);
    facts.proposal = PROPOSAL_OWN;
    struct context context = {.arena = &arena, .actor = &actor};
    assert_int_equal(request_policy_check_event(&context, &facts, EVENT_CONFIRM, &row, &actor_role),
                     ERR_FORBIDDEN);
    assert_non_null(context.detail);
}

static void a_request_that_serves_somebody_of_the_staff_is_not_theirs(void **state) {
    (void)state;
    for (int person = REPORTER; person <= ADMIN; person++) {
        struct actor actor;
        struct role_grant grant;
        struct request_facts facts;
        play((enum person)person, &SITUATIONS[1], &actor, &grant, &facts);
        facts.conflict = "applicant";
        assert_false(request_policy_is_staff_of(&actor, &facts));
        assert_int_equal(request_policy_find_conflict(&actor, &facts) != NULL,
                         person != INSTRUCTOR_OF_OTHER_PRODUCT);
    }
}

/* The events about takeovers that somebody may cause. */
static unsigned takeovers_of(enum person person, enum request_takeover takeover) {
    struct actor actor;
    struct role_grant grant;
    struct request_facts facts;
    play(person, &SITUATIONS[3], &actor, &grant, &facts);
    facts.takeover = takeover;
    return request_policy_list_events(&actor, &facts) &
           (1U << EVENT_TAKE_OVER | 1U << EVENT_END_TAKEOVER);
}

static void a_takeover_is_asked_by_one_colleague_and_ended_by_those_concerned(void **state) {
    (void)state;
    const unsigned asked = 1U << EVENT_TAKE_OVER;
    const unsigned ended = 1U << EVENT_END_TAKEOVER;
    assert_int_equal(takeovers_of(COLLEAGUE, TAKEOVER_NONE), asked);
    assert_int_equal(takeovers_of(COLLEAGUE, TAKEOVER_OWN), ended);
    assert_int_equal(takeovers_of(COLLEAGUE, TAKEOVER_OTHER), 0);
    assert_int_equal(takeovers_of(APPLICANT, TAKEOVER_NONE), 0);
    assert_int_equal(takeovers_of(APPLICANT, TAKEOVER_OTHER), ended);
    assert_int_equal(takeovers_of(INSTRUCTOR, TAKEOVER_OTHER), ended);
    assert_int_equal(takeovers_of(INSTRUCTOR_WHO_IS_MEMBER, TAKEOVER_NONE), asked);
    assert_int_equal(takeovers_of(INSTRUCTOR_WHO_IS_MEMBER, TAKEOVER_OTHER), 0);
    assert_int_equal(takeovers_of(INSTRUCTOR_WHO_IS_CONTACT, TAKEOVER_OTHER), 0);
    assert_int_equal(takeovers_of(EXTERNAL, TAKEOVER_NONE), 0);
    assert_int_equal(takeovers_of(ADMIN, TAKEOVER_OTHER), 0);
}

static void a_decision_needs_a_reason_unless_it_approves(void **state) {
    (void)state;
    for (size_t i = 0; i < REQUEST_TRANSITIONS_COUNT; i++) {
        const struct request_transition *row = &REQUEST_TRANSITIONS[i];
        if ((row->effects & EFFECT_DECIDE) != 0) {
            const bool grants = (row->effects & EFFECT_GRANT) != 0;
            assert_int_equal((row->needs & NEED_REASON) != 0, !grants);
            assert_int_equal((row->needs & NEED_APPLICANT) != 0, grants);
            assert_int_equal(row->actor_roles, ACTOR_ROLE_INSTRUCTOR);
        }
        assert_true(row->from == row->to || *row->comment != '\0');
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_of_event_person_and_state_is_as_expected),
        cmocka_unit_test(a_draft_is_private_to_its_organisation),
        cmocka_unit_test(visibility_after_submission),
        cmocka_unit_test(nothing_is_granted_while_the_applicant_may_not_act),
        cmocka_unit_test(a_request_that_serves_somebody_of_the_staff_is_not_theirs),
        cmocka_unit_test(a_takeover_is_asked_by_one_colleague_and_ended_by_those_concerned),
        cmocka_unit_test(a_decision_needs_a_reason_unless_it_approves),
        cmocka_unit_test(an_approval_that_is_proposed_is_confirmed_by_another_person),
        cmocka_unit_test(who_proposed_an_approval_may_not_confirm_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
