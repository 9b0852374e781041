#ifndef GUICHET_HTTP_ON_BEHALF_H
#define GUICHET_HTTP_ON_BEHALF_H
/* A program may do what one of its responsible persons may do. So what it asks for is tried with the rights
 * of each in turn until one may do it: rules and row-level security always see one person, whose rights are
 * never mixed with another's (one may be the instructor, another in a conflict of interest). */
#include "http/exchange.h"

/* Runs `act` for a person as it is; for a program once for each of its persons whose roles open the route, until
 * one is not refused for what they are (ERR_FORBIDDEN, ERR_NOT_FOUND). Where all are refused: ERR_FORBIDDEN, with
 * its detail, where one of them was, else ERR_NOT_FOUND. What refuses must leave nothing behind, as every act
 * does that is not committed. */
MUST_CHECK enum err on_behalf_run(struct exchange *exchange, handler act);

#endif
