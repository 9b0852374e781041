#ifndef GUICHET_ORGANISATION_ELIGIBILITY_H
#define GUICHET_ORGANISATION_ELIGIBILITY_H
/* Whether an organisation may ask for data, by its legal category (INSEE, "catégorie juridique", four digits).
 * Pure functions. */
#include <stdbool.h>

enum eligibility_ground {
    ELIGIBILITY_ADMINISTRATION,         /* 7… or 41… */
    ELIGIBILITY_SOCIAL_SECURITY,        /* 81… */
    ELIGIBILITY_PUBLIC_SERVICE_MISSION, /* must declare the mission and attach the act */
    ELIGIBILITY_NATURAL_PERSON,         /* 1…: never */
    ELIGIBILITY_UNKNOWN, /* category missing or malformed: by declaration, like a public service mission */
};

/* `legal_category` may be NULL. */
enum eligibility_ground eligibility_find_ground(const char *legal_category);
/* True where the organisation is eligible by its nature, without declaring anything. */
bool eligibility_is_by_nature(enum eligibility_ground ground);
/* True where no declaration makes the organisation eligible. */
bool eligibility_is_excluded(enum eligibility_ground ground);
/* "administration", "social_security" …: the values of the contract. Static text. */
const char *eligibility_ground_name(enum eligibility_ground ground);

#endif
