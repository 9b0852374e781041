-- This session has shown the factor at the enrolment. $1 session
UPDATE session SET second_factor = true WHERE id = $1::uuid
