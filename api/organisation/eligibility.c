#include "organisation/eligibility.h"
#include "base/text.h"
#include <stddef.h>

enum eligibility_ground eligibility_find_ground(const char *legal_category) {
    if (legal_category == NULL || !text_is_digits(legal_category, 4)) {
        return ELIGIBILITY_UNKNOWN;
    }
    if (legal_category[0] == '7' || text_starts_with(legal_category, "41")) {
        return ELIGIBILITY_ADMINISTRATION;
    }
    if (text_starts_with(legal_category, "81")) {
        return ELIGIBILITY_SOCIAL_SECURITY;
    }
    return legal_category[0] == '1' ? ELIGIBILITY_NATURAL_PERSON
                                    : ELIGIBILITY_PUBLIC_SERVICE_MISSION;
}

bool eligibility_is_by_nature(enum eligibility_ground ground) {
    return ground == ELIGIBILITY_ADMINISTRATION || ground == ELIGIBILITY_SOCIAL_SECURITY;
}

bool eligibility_is_excluded(enum eligibility_ground ground) {
    return ground == ELIGIBILITY_NATURAL_PERSON;
}

const char *eligibility_ground_name(enum eligibility_ground ground) {
    switch (ground) {
    case ELIGIBILITY_ADMINISTRATION:
        return "administration";
    case ELIGIBILITY_SOCIAL_SECURITY:
        return "social_security";
    case ELIGIBILITY_PUBLIC_SERVICE_MISSION:
        return "public_service_mission";
    case ELIGIBILITY_NATURAL_PERSON:
        return "natural_person";
    case ELIGIBILITY_UNKNOWN:
        return "unknown";
    }
    return "unknown";
}
