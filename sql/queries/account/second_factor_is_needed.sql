SELECT account_needs_second_factor($1::uuid) AS needed
